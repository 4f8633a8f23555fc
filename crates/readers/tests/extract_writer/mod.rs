//! Small `OpenStreetMap` extracts for tests.
//!
//! In: nodes, ways and relations. Out: the bytes of an `.osm.pbf` file, with every element as the format's page on the
//! OpenStreetMap wiki has it (one block, plain nodes, no compression).

#![allow(dead_code, reason = "each test uses what it needs")]

/// Keys and values.
pub type Tags<'a> = &'a [(&'a str, &'a str)];

/// A member of a relation: what it is (`n`, `w` or `r`), its id, its role.
pub type Member<'a> = (char, i64, &'a str);

/// An extract that is being put together.
#[derive(Default)]
pub struct Extract {
    strings: Vec<String>,
    nodes: Vec<u8>,
    ways: Vec<u8>,
    relations: Vec<u8>,
}

impl Extract {
    /// An empty one.
    pub fn new() -> Self {
        Self { strings: vec![String::new()], ..Self::default() }
    }

    /// A node at these degrees.
    pub fn node(mut self, id: i64, (lon, lat): (f64, f64), tags: Tags<'_>) -> Self {
        let mut message = Vec::new();
        number(1, zigzag(id), &mut message);
        self.tags(tags, &mut message);
        number(8, zigzag((lat * 1e7).round() as i64), &mut message);
        number(9, zigzag((lon * 1e7).round() as i64), &mut message);
        bytes(1, &message, &mut self.nodes);
        self
    }

    /// A way through these nodes.
    pub fn way(mut self, id: i64, nodes: &[i64], tags: Tags<'_>) -> Self {
        let mut message = Vec::new();
        number(1, id as u64, &mut message);
        self.tags(tags, &mut message);
        bytes(8, &differences(nodes.iter().copied()), &mut message);
        bytes(3, &message, &mut self.ways);
        self
    }

    /// A relation of these members.
    pub fn relation(mut self, id: i64, members: &[Member<'_>], tags: Tags<'_>) -> Self {
        let mut message = Vec::new();
        number(1, id as u64, &mut message);
        self.tags(tags, &mut message);
        let (mut roles, mut kinds) = (Vec::new(), Vec::new());
        for (kind, _, role) in members {
            varint(self.string(role), &mut roles);
            varint("nwr".find(*kind).expect("n, w or r") as u64, &mut kinds);
        }
        bytes(8, &roles, &mut message);
        bytes(9, &differences(members.iter().map(|(_, id, _)| *id)), &mut message);
        bytes(10, &kinds, &mut message);
        bytes(4, &message, &mut self.relations);
        self
    }

    /// The file.
    pub fn bytes(self) -> Vec<u8> {
        let (mut table, mut block, mut header, mut file) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for text in &self.strings {
            bytes(1, text.as_bytes(), &mut table);
        }
        bytes(1, &table, &mut block);
        for group in [&self.nodes, &self.ways, &self.relations] {
            bytes(2, group, &mut block);
        }
        bytes(4, b"OsmSchema-V0.6", &mut header);
        blob("OSMHeader", &header, &mut file);
        blob("OSMData", &block, &mut file);
        file
    }

    fn string(&mut self, text: &str) -> u64 {
        let at = self.strings.iter().skip(1).position(|known| known == text).map(|at| at + 1);
        at.unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        }) as u64
    }

    fn tags(&mut self, tags: Tags<'_>, message: &mut Vec<u8>) {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for (key, value) in tags {
            varint(self.string(key), &mut keys);
            varint(self.string(value), &mut values);
        }
        bytes(2, &keys, message);
        bytes(3, &values, message);
    }
}

fn differences(all: impl Iterator<Item = i64>) -> Vec<u8> {
    let (mut out, mut before) = (Vec::new(), 0);
    for one in all {
        varint(zigzag(one - before), &mut out);
        before = one;
    }
    out
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(field: u64, value: u64, out: &mut Vec<u8>) {
    varint(field << 3, out);
    varint(value, out);
}

fn bytes(field: u64, value: &[u8], out: &mut Vec<u8>) {
    varint(field << 3 | 2, out);
    varint(value.len() as u64, out);
    out.extend(value);
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn blob(kind: &str, content: &[u8], out: &mut Vec<u8>) {
    let (mut blob, mut header) = (Vec::new(), Vec::new());
    bytes(1, content, &mut blob);
    bytes(1, kind.as_bytes(), &mut header);
    number(3, blob.len() as u64, &mut header);
    out.extend((header.len() as u32).to_be_bytes());
    out.extend(header);
    out.extend(blob);
}
