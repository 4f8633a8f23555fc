//! Map themes: a question each, with the layers of its printed page.
//!
//! In: a project. Out: its `visibility-presets`.

use super::project::{Group, PrintedPage, Project};
use maud::{Markup, html};

/// The themes of a project, one for each group with a page.
pub fn themes(project: &Project<'_>) -> Markup {
    let questions: Vec<_> = project.groups.iter().filter_map(|group| Some((group, group.page.as_ref()?))).collect();
    html! { visibility-presets { @for (group, page) in questions { (theme(project, group, page)) } } }
}

fn theme(project: &Project<'_>, group: &Group<'_>, page: &PrintedPage) -> Markup {
    let shown = |id: &String| page.layers.contains(id);
    let within = |group: &&Group<'_>| group.entries.iter().any(|entry| shown(&entry.id));
    html! {
        visibility-preset name=(group.title) has-expanded-info="1" has-checked-group-info="1" {
            @for entry in project.layers_of(&page.layers) {
                layer id=(entry.id) visible="1" style="default" expanded="0" {}
            }
            checked-group-nodes {
                @for group in project.groups.iter().filter(within) { checked-group-node id=(group.title) {} }
            }
            expanded-group-nodes { expanded-group-node id=(group.title) {} }
        }
    }
}
