//! The elements of an extract that something is made of, and where its nodes lie.
//!
//! In: the bytes of an extract. Out: [`Extract`], in the order of ids. Blocks are decoded in parallel and put together in the
//! order of the file. Ways come before the relations that say which of them are needed, so they are gone through twice
//! where relations draw anything.

use super::blobs::unpacked;
use super::nodes::{Nodes, Position};
use super::tags::{self, Restriction, Tags, Theme};
use crate::budget::Budget;
use crate::formats::Format;
use crate::formats::guard::{caught, quietly};
use crate::library_errors;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use osmpbf::{Blob, BlobDecode, BlobReader, Element, PrimitiveBlock, RelMemberType};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// A node with tags of its own.
#[derive(Debug)]
pub struct TaggedNode {
    /// Id.
    pub id: i64,
    /// The tags.
    pub tags: Tags,
}

/// A way that something is made of.
#[derive(Debug)]
pub struct Way {
    /// Id.
    pub id: i64,
    /// What it is read for.
    pub theme: Theme,
    /// The tags.
    pub tags: Tags,
    /// Ids of its nodes, whether the extract has them or not.
    pub nodes: Vec<i64>,
}

/// An element of which a relation is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A node.
    Node,
    /// A way.
    Way,
    /// Another relation.
    Relation,
}

/// One member of a relation.
#[derive(Debug)]
pub struct Member {
    /// The kind of element.
    pub kind: MemberKind,
    /// Id of the element, whether the extract has it or not.
    pub id: i64,
    /// The role.
    pub role: Box<str>,
}

/// A relation that something is made of.
#[derive(Debug)]
pub struct Relation {
    /// Id.
    pub id: i64,
    /// What it is read for.
    pub theme: Theme,
    /// The tags.
    pub tags: Tags,
    /// The members, in their order.
    pub members: Vec<Member>,
}

impl Relation {
    /// Ids of its ways, each once, in their order, with the first role of each.
    pub fn ways(&self) -> Vec<(i64, &str)> {
        let mut seen = FxHashSet::default();
        let ways = self.members.iter().filter(|member| member.kind == MemberKind::Way);
        ways.filter(|member| seen.insert(member.id)).map(|member| (member.id, &*member.role)).collect()
    }
}

/// What is read of an extract.
#[derive(Debug, Default)]
pub struct Extract {
    /// Where the nodes lie.
    pub nodes: Nodes,
    /// Nodes that are sites.
    pub site_nodes: Vec<TaggedNode>,
    /// Nodes that matter where they lie on a road.
    pub road_points: Vec<TaggedNode>,
    /// Ways that something is made of.
    pub ways: Vec<Way>,
    /// Relations that something is made of.
    pub relations: Vec<Relation>,
    /// Nodes of the ways that only relations need, by the ids of the ways.
    pub outlines: FxHashMap<i64, Vec<i64>>,
    /// Number of turn restrictions for other vehicles alone.
    pub restrictions_of_others: usize,
    /// Number of sites and waters drawn as relations whose members draw no outline.
    pub without_outline: usize,
}

impl Extract {
    /// Reads an extract. `choose` drops the relations of which nothing is made.
    pub fn read(
        file: &str,
        bytes: &[u8],
        budget: Budget<'_>,
        choose: impl FnOnce(&mut Vec<Relation>) -> Result<(), InputError>,
    ) -> Result<Self, InputError> {
        let mut extract = Self::default();
        let mut nodes = Vec::new();
        for mut block in each_block(file, bytes, budget, BlockContent::of)? {
            nodes.append(&mut block.nodes);
            extract.site_nodes.append(&mut block.site_nodes);
            extract.road_points.append(&mut block.road_points);
            extract.ways.append(&mut block.ways);
            extract.relations.append(&mut block.relations);
            extract.restrictions_of_others += block.restrictions_of_others;
            extract.without_outline += block.without_outline;
        }
        extract.nodes = Nodes::new(nodes);
        extract.sort();
        choose(&mut extract.relations)?;
        extract.read_outlines(file, bytes, budget)?;
        Ok(extract)
    }

    /// Puts everything in the order of ids. Extracts that were joined may have an element twice; it is one element.
    fn sort(&mut self) {
        for nodes in [&mut self.site_nodes, &mut self.road_points] {
            nodes.sort_by_key(|node| node.id);
            nodes.dedup_by_key(|node| node.id);
        }
        self.ways.sort_by_key(|way| way.id);
        self.ways.dedup_by_key(|way| way.id);
        self.relations.sort_by_key(|relation| relation.id);
        self.relations.dedup_by_key(|relation| relation.id);
    }

    /// Reads the ways that draw the outlines of relations.
    fn read_outlines(&mut self, file: &str, bytes: &[u8], budget: Budget<'_>) -> Result<(), InputError> {
        let drawn = self.relations.iter().filter(|relation| relation.theme != Theme::Turn);
        let needed: FxHashSet<i64> = drawn.flat_map(|relation| relation.ways()).map(|(id, _)| id).collect();
        if needed.is_empty() {
            return Ok(());
        }
        let of_block = |block: &PrimitiveBlock| {
            let ways = block.groups().flat_map(|group| group.ways());
            let needed = ways.filter(|way| needed.contains(&way.id()));
            needed.map(|way| (way.id(), way.refs().collect())).collect::<Vec<_>>()
        };
        self.outlines = each_block(file, bytes, budget, of_block)?.into_iter().flatten().collect();
        Ok(())
    }

    /// The way of an id that something is made of by itself; `None` if there is no such way.
    pub fn way(&self, id: i64) -> Option<&Way> {
        let at = self.ways.binary_search_by_key(&id, |way| way.id).ok()?;
        Some(&self.ways[at])
    }

    /// The roads, in the order of their ids.
    pub fn roads(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|way| way.theme == Theme::Road)
    }
}

/// What one block holds.
#[derive(Default)]
struct BlockContent {
    nodes: Vec<(i64, Position)>,
    site_nodes: Vec<TaggedNode>,
    road_points: Vec<TaggedNode>,
    ways: Vec<Way>,
    relations: Vec<Relation>,
    restrictions_of_others: usize,
    without_outline: usize,
}

impl BlockContent {
    fn of(block: &PrimitiveBlock) -> Self {
        let mut content = Self::default();
        block.for_each_element(|element| match element {
            Element::Node(n) => {
                content.node(n.id(), n.decimicro_lon(), n.decimicro_lat(), &n.tags().collect::<Vec<_>>());
            }
            Element::DenseNode(n) => {
                content.node(n.id(), n.decimicro_lon(), n.decimicro_lat(), &n.tags().collect::<Vec<_>>());
            }
            Element::Way(way) => content.way(&way),
            Element::Relation(relation) => content.relation(&relation),
        });
        content
    }

    fn node(&mut self, id: i64, lon: i32, lat: i32, tags: &[(&str, &str)]) {
        self.nodes.push((id, Position { lat, lon }));
        if tags.is_empty() {
            return;
        }
        self.site_nodes.extend(tags::of_site_node(tags).map(|tags| TaggedNode { id, tags }));
        self.road_points.extend(tags::of_road_point(tags).map(|tags| TaggedNode { id, tags }));
    }

    fn way(&mut self, way: &osmpbf::Way<'_>) {
        let all: Vec<(&str, &str)> = way.tags().collect();
        if all.is_empty() {
            return;
        }
        let nodes: Vec<i64> = way.refs().collect();
        let closed = nodes.len() > 3 && nodes.first() == nodes.last();
        let found = tags::of_way(&all, closed);
        self.ways.extend(found.map(|(theme, tags)| Way { id: way.id(), theme, tags, nodes }));
    }

    fn relation(&mut self, relation: &osmpbf::Relation<'_>) {
        let all: Vec<(&str, &str)> = relation.tags().collect();
        let (theme, tags) = match tags::of_restriction(&all) {
            Some(Restriction::Own(tags)) => (Theme::Turn, tags),
            Some(Restriction::Others) => {
                self.restrictions_of_others += 1;
                return;
            }
            None => match tags::of_administrative(&all) {
                Some(tags) => (Theme::Administrative, tags),
                None => match tags::of_area(&all) {
                    Some(found) if tags::is_drawn(&all) => found,
                    Some(_) => {
                        self.without_outline += 1;
                        return;
                    }
                    None => return,
                },
            },
        };
        let member = |member: osmpbf::RelMember<'_>| Member {
            kind: match member.member_type {
                RelMemberType::Node => MemberKind::Node,
                RelMemberType::Way => MemberKind::Way,
                RelMemberType::Relation => MemberKind::Relation,
            },
            id: member.member_id,
            // A role that is no text is none: a turn without it is broken, and rings are told apart by where they lie.
            role: member.role().unwrap_or_default().into(),
        };
        let members = relation.members().map(member).collect();
        self.relations.push(Relation { id: relation.id(), theme, tags, members });
    }
}

/// Memory that a byte of a block takes while it is decoded, bytes: a number of one byte becomes one of eight, and a part of a
/// node.
const BYTES_PER_BYTE: u64 = 12;

/// Makes something of every block of data, in parallel. The order is that of the file.
fn each_block<T: Send>(
    file: &str,
    bytes: &[u8],
    budget: Budget<'_>,
    one: impl Fn(&PrimitiveBlock) -> T + Sync,
) -> Result<Vec<T>, InputError> {
    if !budget.holds(unpacked(bytes).saturating_mul(BYTES_PER_BYTE)) {
        return Err(budget.refuse(file, message!("message.osm_wanted")));
    }
    let decoded = |blob: Blob| match blob.decode()? {
        BlobDecode::OsmData(block) if !budget.is_over() => Ok(Some(one(&block))),
        BlobDecode::OsmData(_) | BlobDecode::OsmHeader(_) | BlobDecode::Unknown(_) => Ok(None),
    };
    let wrong = |e: osmpbf::Error| {
        InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.osm_wanted"))
    };
    caught(file, Format::OsmPbf, || {
        let blobs: Vec<Blob> =
            quietly(|| BlobReader::new(budget.watch(bytes)).collect::<osmpbf::Result<_>>()).map_err(wrong)?;
        let found: Vec<osmpbf::Result<Option<T>>> =
            blobs.into_par_iter().map(|blob| quietly(|| decoded(blob))).collect();
        budget.go_on()?;
        found.into_iter().filter_map(Result::transpose).collect::<osmpbf::Result<_>>().map_err(wrong)
    })
}
