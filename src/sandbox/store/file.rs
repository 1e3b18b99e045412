//! The state file: a snapshot and a log in one. The first line names kind and version, every other
//! line is one commit: the rows it changed. A commit is synced before its answer leaves. The file is
//! written anew when it is opened; it holds the sandbox's credentials, which are worth nothing. A file
//! of another version is refused: a sandbox is begun anew more easily than its rows are translated.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
use super::table::Change;
use crate::base::file::{Readers, write_whole};
use crate::error::{Code, Error};

const KIND: &str = "tenantry-sandbox-state";
/// Goes up whenever the rows change their shape or what they mean.
const VERSION: u32 = 2;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    kind: String,
    version: u32,
    #[serde(flatten)]
    begun: Begun,
}

/// What a world is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Seed of everything that is made up.
    pub seed: u64,
    /// How many customers were seeded besides the small, named ones, if the file says so.
    #[serde(default)]
    pub customers: Option<usize>,
}

/// An open state file, which no other process may use meanwhile.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    file: File,
}

/// What a state file held.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) file: StateFile,
    /// The world, unless the file is new.
    pub(crate) world: Option<World>,
    /// What its world is made from, which the file keeps.
    pub(crate) begun: Begun,
}

impl StateFile {
    /// Opens a state file, or begins one as `wanted` says.
    pub(crate) fn open(path: &Path, wanted: Begun) -> Result<Opened, Error> {
        if !path.exists() {
            has_folder(path)?;
            write_whole(path, line(&header(wanted)).as_bytes(), Readers::Owner)
                .map_err(|error| unusable(path, &error.to_string()))?;
        }
        let old = lock(path)?;
        let (begun, world) = read(path)?;
        if let Some(world) = &world {
            let mut content = line(&header(begun));
            for change in world.all() {
                content.push_str(&line(&[entry(&change)]));
            }
            write_whole(path, content.as_bytes(), Readers::Owner)
                .map_err(|error| unusable(path, &error.to_string()))?;
        }
        drop(old);
        let file = lock(path)?;
        let file = Self {
            path: path.to_owned(),
            file,
        };
        Ok(Opened { file, world, begun })
    }

    /// Appends a commit and waits until it is on the disk.
    pub(crate) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let entries: Vec<_> = changes.iter().map(entry).collect();
        self.file.write_all(line(&entries).as_bytes())?;
        self.file.sync_data()
    }

    /// Begins the file anew.
    pub(crate) fn reset(&mut self, begun: Begun) -> Result<(), Error> {
        write_whole(&self.path, line(&header(begun)).as_bytes(), Readers::Owner)
            .map_err(|error| unusable(&self.path, &error.to_string()))?;
        self.file = lock(&self.path)?;
        Ok(())
    }
}

fn header(begun: Begun) -> Header {
    Header {
        kind: KIND.to_owned(),
        version: VERSION,
        begun,
    }
}

/// Fails if the folder of a new file is missing.
fn has_folder(path: &Path) -> Result<(), Error> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => Err(unusable(
            path,
            &format!("there is no folder `{}`", folder.display()),
        )
        .help("make the folder, or name another file with --state")),
        _ => Ok(()),
    }
}

fn entry(change: &Change) -> (&str, &str, &Option<Value>) {
    (change.table, &change.key, &change.row)
}

fn line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("rows are JSON values");
    text.push('\n');
    text
}

/// Opens a file for appending and locks it against other processes.
fn lock(path: &Path) -> Result<File, Error> {
    let file = OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(|error| unusable(path, &error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(unusable(path, "another process is using it")),
        Err(TryLockError::Error(error)) => Err(unusable(path, &error.to_string())),
    }
}

fn read(path: &Path) -> Result<(Begun, Option<World>), Error> {
    let mut bytes = std::fs::read(path).map_err(|error| unusable(path, &error.to_string()))?;
    // A line without its end was being written when the process ended: its answer never left.
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    bytes.truncate(end.unwrap_or_default());
    let whole = String::from_utf8(bytes).map_err(|_| unusable(path, "it is no text"))?;
    let mut lines = whole.split('\n').enumerate();
    let first = lines.next().map_or("", |(_, line)| line);
    let header: Header = serde_json::from_str(first)
        .map_err(|_| unusable(path, &format!("it does not begin as a `{KIND}` file")))?;
    if header.kind != KIND {
        return Err(unusable(
            path,
            &format!("it is a `{}` file, not a `{KIND}` one", header.kind),
        ));
    }
    if header.version != VERSION {
        let reason = format!(
            "it is of version {}, and this program knows version {VERSION}",
            header.version
        );
        let help = match header.version {
            0..VERSION => "remove it, or name another file with --state: a new one is made",
            _ => "use the program that made it, or name another file with --state",
        };
        return Err(unusable(path, &reason).help(help));
    }
    let mut world = None;
    for (number, line) in lines {
        let damaged =
            |reason: String| unusable(path, &format!("line {} is damaged: {reason}", number + 1));
        let changes: Vec<(String, String, Option<Value>)> =
            serde_json::from_str(line).map_err(|error| damaged(error.to_string()))?;
        let world = world.get_or_insert_with(World::default);
        for (table, key, row) in changes {
            world.apply(&table, &key, row).map_err(&damaged)?;
        }
    }
    Ok((header.begun, world))
}

fn unusable(path: &Path, reason: &str) -> Error {
    let message = format!(
        "the state file `{}` cannot be used: {reason}",
        path.display()
    );
    Error::new(Code::UsageState, message).help("name another file with --state, or remove this one")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Begun = Begun {
        seed: 1,
        customers: Some(0),
    };

    #[track_caller]
    fn check(content: &str, expected: Result<usize, &str>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        std::fs::write(&path, content).expect("a file");
        let seen = StateFile::open(&path, ONE);
        match (seen, expected) {
            (Ok(opened), Ok(rows)) => {
                assert_eq!(opened.begun.seed, 3);
                assert_eq!(opened.world.map_or(0, |world| world.all().len()), rows);
            }
            (Err(error), Err(part)) => {
                assert_eq!(error.code(), Code::UsageState);
                assert!(error.to_string().contains(part), "{error}");
            }
            (seen, expected) => panic!("{seen:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn a_file_is_read_whole_or_refused_with_its_reason() {
        let head = r#"{"kind":"tenantry-sandbox-state","version":2,"seed":3}"#;
        let row = r#"[["system.counters","guid",5]]"#;
        check(&format!("{head}\n"), Ok(0));
        check(&format!("{head}\n{row}\n"), Ok(1));
        check(&format!("{head}\n{row}\n[[\"system.coun"), Ok(1));
        check(
            &format!("{head}\n{row}\n[[\"system.counters\",\"guid\",null]]\n"),
            Ok(0),
        );
        check(
            &format!("{head}\nnonsense\n{row}\n"),
            Err("line 2 is damaged"),
        );
        check(
            &format!("{head}\n[[\"no.table\",\"k\",1]]\n"),
            Err("no table `no.table`"),
        );
        check("", Err("does not begin"));
        check(
            "{\"kind\":\"journal\",\"version\":2,\"seed\":1}\n",
            Err("`journal`"),
        );
        check(
            &format!("{}\n", head.replace(":2,", ":9,")),
            Err("version 9, and this program knows version 2"),
        );
        check(
            &format!("{}\n{row}\n", head.replace(":2,", ":1,")),
            Err("version 1, and this program knows version 2"),
        );
    }

    #[test]
    fn a_file_cut_at_any_place_holds_the_commits_before_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let mut file = StateFile::open(&path, ONE).expect("a new file").file;
        let mut ends = vec![std::fs::metadata(&path).expect("a file").len()];
        let mut world = World::default();
        for number in 1..=3 {
            world.system.counters.put("ä", number);
            world
                .system
                .counters
                .put(&format!("counter {number}"), number);
            file.append(&world.drain()).expect("appended");
            ends.push(std::fs::metadata(&path).expect("a file").len());
        }
        drop(file);
        let whole = std::fs::read(&path).expect("a file");
        for length in ends[0]..=ends[3] {
            let kept = usize::try_from(length).expect("a short file");
            std::fs::write(&path, &whole[..kept]).expect("cut");
            let opened = StateFile::open(&path, ONE).expect("readable");
            let commits = ends.iter().filter(|end| **end <= length).count() - 1;
            let rows = opened.world.map_or(0, |world| world.all().len());
            assert_eq!(
                rows,
                if commits == 0 { 0 } else { commits + 1 },
                "cut at {length}"
            );
        }
    }

    #[test]
    fn two_processes_cannot_share_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let _first = StateFile::open(&path, ONE).expect("a new file");
        let second = StateFile::open(&path, ONE).expect_err("in use");
        assert!(second.to_string().contains("another process"), "{second}");
    }

    #[test]
    fn a_file_keeps_what_its_world_was_begun_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let begun = Begun {
            seed: 7,
            customers: Some(3),
        };
        for wanted in [begun, ONE] {
            let opened = StateFile::open(&path, wanted).expect("readable");
            assert_eq!(opened.begun, begun);
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("no-such-folder");
        let error = StateFile::open(&missing.join("state"), ONE).expect_err("no folder");
        assert_eq!(error.code(), Code::UsageState);
        let says = format!("there is no folder `{}`", missing.display());
        assert!(error.to_string().ends_with(&says), "{error}");
    }
}
