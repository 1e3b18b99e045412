//! The recovery points of a migration: by the frequencies of its policy, while it replicates, as long
//! as the policy keeps them. Source: recovery reference §5.6; what a point shows is taken from other
//! recovery points (§5.3).

use serde_json::{Value, json};

use super::course::{Course, Span};
use crate::base::clock::Timestamp;
use crate::sandbox::arm::body;
use crate::sandbox::arm::recovery::calls::place;
use crate::sandbox::arm::recovery::{REPLICATION, object};
use crate::sandbox::arm::{access, calls, page, resource};
use crate::sandbox::derived;
use crate::sandbox::partner::dates::write;
use crate::sandbox::route::{Outcome, Request};
use crate::sandbox::store::{Tx, VaultObject};

/// What a policy has that says nothing else, in minutes: how often a point is made, how often one
/// that applications know of, how long they are kept. The reference names no defaults.
const USUAL: [(&str, i64); 3] = [
    ("crashConsistentFrequencyInMinutes", 60),
    ("appConsistentFrequencyInMinutes", 240),
    ("recoveryPointHistoryInMinutes", 1440),
];

/// When points are made, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rhythm {
    every: i64,
    known: i64,
    kept: i64,
}

/// A recovery point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    at: Timestamp,
    kind: &'static str,
}

/// Lists the recovery points of an item.
pub(super) fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let (id, _) = place(request)?;
    let kind = format!("{}/migrationRecoveryPoints", id.kind().unwrap_or_default());
    access::version_of(request, &kind, REPLICATION)?;
    access::pass(request, tx, &id, &format!("{kind}/read"))?;
    calls::found(tx, &object::vault(&id))?;
    let item = tx.recovery.objects.get(&id.key());
    let item = item.ok_or_else(|| resource::missing(&id))?;
    let points = of(tx, item);
    page::of(request, points, |point| shown(item, point))
}

/// Returns the recovery points of an item now, oldest first.
pub(super) fn of(tx: &Tx<'_>, item: &VaultObject) -> Vec<Point> {
    let rhythm = rhythm(tx, item);
    Course::of(tx, item).map_or_else(Vec::new, |course| within(&course.spans, rhythm, tx.now()))
}

/// Tells whether an item has a recovery point of that id or name.
pub(super) fn has(tx: &Tx<'_>, item: &VaultObject, wanted: &str) -> bool {
    of(tx, item).into_iter().any(|point| {
        let name = name(item, point);
        wanted.eq_ignore_ascii_case(&name) || wanted.eq_ignore_ascii_case(&id(item, &name))
    })
}

fn rhythm(tx: &Tx<'_>, item: &VaultObject) -> Rhythm {
    let policy = item.properties.get("policyId").and_then(Value::as_str);
    let policy = policy.and_then(|id| tx.recovery.objects.get(&id.to_lowercase()));
    let minutes = |(name, usual): (&str, i64)| {
        let path = format!("providerSpecificDetails.{name}");
        let given = policy.and_then(|policy| body::at(&policy.properties, &path)?.as_i64());
        given.filter(|minutes| *minutes > 0).unwrap_or(usual)
    };
    let [every, known, kept] = USUAL.map(minutes);
    Rhythm { every, known, kept }
}

/// Returns the points on the minutes of the rhythm that lie in a span and are kept still.
fn within(spans: &[Span], rhythm: Rhythm, now: Timestamp) -> Vec<Point> {
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    let first = minute(now) - rhythm.kept;
    let mut points = Vec::new();
    for span in spans {
        let from = minute(span.from).max(first).div_euclid(rhythm.every);
        let to = minute(span.to.unwrap_or(now)).div_euclid(rhythm.every);
        for number in from..=to {
            let at = number * rhythm.every;
            let Ok(time) = Timestamp::from_second(at * 60) else {
                continue;
            };
            if time < span.from || at < first || span.to.is_some_and(|to| time > to) {
                continue;
            }
            let kind = if at % rhythm.known == 0 {
                "ApplicationConsistent"
            } else {
                "CrashConsistent"
            };
            points.push(Point { at: time, kind });
        }
    }
    points
}

fn name(item: &VaultObject, point: Point) -> String {
    derived::guid(&["point", &item.id.to_lowercase(), &write(point.at)])
}

fn id(item: &VaultObject, name: &str) -> String {
    format!("{}/migrationRecoveryPoints/{name}", item.id)
}

fn shown(item: &VaultObject, point: Point) -> Value {
    let name = name(item, point);
    json!({
        "id": id(item, &name),
        "name": name,
        "type": format!("Microsoft.RecoveryServices/vaults/{}/migrationRecoveryPoints", item.kind),
        "properties": {
            "recoveryPointTime": write(point.at),
            "recoveryPointType": point.kind,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn points_lie_on_the_rhythm_and_only_while_it_replicates() {
        let rhythm = Rhythm {
            every: 60,
            known: 120,
            kept: 300,
        };
        let spans = [
            Span {
                from: time("2026-03-02T04:10:00Z"),
                to: Some(time("2026-03-02T06:30:00Z")),
            },
            Span {
                from: time("2026-03-02T08:00:00Z"),
                to: None,
            },
        ];
        let points = within(&spans, rhythm, time("2026-03-02T09:05:00Z"));
        let hours: Vec<String> = points.iter().map(|point| point.at.to_string()).collect();
        let expected = ["05", "06", "08", "09"].map(|hour| format!("2026-03-02T{hour}:00:00Z"));
        assert_eq!(hours, expected);
        assert_eq!(points[0].kind, "CrashConsistent");
        assert_eq!(points[1].kind, "ApplicationConsistent");
        // Five hours later the first ones are gone.
        let later = within(&spans, rhythm, time("2026-03-02T11:05:00Z"));
        assert_eq!(later[0].at, time("2026-03-02T08:00:00Z"));
    }

    #[test]
    fn before_the_first_copy_there_is_none() {
        let rhythm = Rhythm {
            every: 5,
            known: 60,
            kept: 60,
        };
        let spans = [Span {
            from: time("2026-03-02T11:00:00Z"),
            to: None,
        }];
        assert_eq!(within(&spans, rhythm, time("2026-03-02T09:00:00Z")), []);
    }
}
