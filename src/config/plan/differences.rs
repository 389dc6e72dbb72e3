//! What differs between two plans, by the names of subjects and fields.

/// What differs between two canonical texts, a sentence each; none where they are the same plan.
pub fn differences(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (facts(old), facts(new));
    let mut found = Vec::new();
    for subject in subjects(&old, &new) {
        let (before, after) = (of(&old, subject), of(&new, subject));
        match (before.is_empty(), after.is_empty()) {
            (false, true) => found.push(format!("{subject} is gone")),
            (true, false) => found.push(format!("{subject} is new")),
            _ => {
                for field in fields(&before, &after) {
                    let value = |facts: &[Fact<'_>]| {
                        let fact = facts.iter().find(|fact| fact.field == field);
                        fact.map_or("not set".to_owned(), |fact| fact.value.to_owned())
                    };
                    let (was, is) = (value(&before), value(&after));
                    if was != is {
                        found.push(format!("{subject}: {field} was {was}, is {is}"));
                    }
                }
            }
        }
    }
    found
}

/// One line of a canonical text.
#[derive(Clone, Copy)]
struct Fact<'a> {
    subject: &'a str,
    field: &'a str,
    value: &'a str,
}

fn facts(canonical: &str) -> Vec<Fact<'_>> {
    canonical
        .lines()
        .map(|line| {
            let mut parts = line.splitn(3, '\t');
            let mut part = || parts.next().unwrap_or_default();
            Fact {
                subject: part(),
                field: part(),
                value: part(),
            }
        })
        .collect()
}

fn of<'a>(facts: &[Fact<'a>], subject: &str) -> Vec<Fact<'a>> {
    facts
        .iter()
        .filter(|fact| fact.subject == subject)
        .copied()
        .collect()
}

/// The subjects of both, each once, those of the old text first.
fn subjects<'a>(old: &[Fact<'a>], new: &[Fact<'a>]) -> Vec<&'a str> {
    once(old.iter().chain(new).map(|fact| fact.subject))
}

fn fields<'a>(old: &[Fact<'a>], new: &[Fact<'a>]) -> Vec<&'a str> {
    once(old.iter().chain(new).map(|fact| fact.field))
}

fn once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}
