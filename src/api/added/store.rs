//! The folder in which added APIs are kept, a file each: a line about it, its tables in a compact
//! form, and what they were made of. A start that uses an API reads the first two; the last is for a
//! program whose tables are others, which makes them anew.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{About, Sources, hex};
use crate::api::document::is_legal;
use crate::api::model::Service;
use crate::base::file::{Readers, private_folder, write_whole};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};

const KIND: &str = "tenantry-api";
const VERSION: u32 = 1;
/// What the tables are like, and how documents are understood: the digest of the code that does it.
const READER: &str = env!("TENANTRY_READER");
const EXTENSION: &str = "api";

/// The folder in which added APIs are kept.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// The first line of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    kind: String,
    version: u32,
    reader: String,
    /// Length of the tables.
    length: u64,
    /// Digest of the tables, SHA-256 in hexadecimal.
    tables: String,
    about: About,
}

/// Of any file that may be one of ours.
#[derive(Deserialize)]
struct Begin {
    kind: String,
    version: u32,
}

impl Store {
    /// Opens the store in a folder, which need not be there.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Returns the names of all modules, in order, without opening a file.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                Some(name.strip_suffix(&format!(".{EXTENSION}"))?.to_owned())
            })
            .collect();
        names.sort();
        names
    }

    /// Returns what is known of a module.
    ///
    /// # Errors
    /// `usage.argument` if it was not added, `usage.state` if its file cannot be used.
    pub fn about(&self, module: &str) -> Result<About, Error> {
        self.open(module).map(|(header, _)| header.about)
    }

    /// Returns the tables of a module, for the rest of the process.
    ///
    /// # Errors
    /// `usage.argument` if it was not added, `usage.state` if its file cannot be used.
    pub fn load(&self, module: &str) -> Result<&'static Service, Error> {
        let (header, mut rest) = self.open(module)?;
        let damaged = |why: &dyn std::fmt::Display| self.unusable(module, &why.to_string());
        let length = usize::try_from(header.length).map_err(|error| damaged(&error))?;
        let mut bytes = Vec::new();
        let read = rest.by_ref().take(header.length).read_to_end(&mut bytes);
        read.map_err(|error| damaged(&error))?;
        if bytes.len() != length || hex(&bytes) != header.tables {
            return Err(damaged(&"its tables are not what was written"));
        }
        if header.reader == READER {
            let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
            let service: Service = postcard::from_bytes(bytes).map_err(|error| damaged(&error))?;
            return Ok(Box::leak(Box::new(service)));
        }
        let mut kept = Vec::new();
        rest.read_to_end(&mut kept)
            .map_err(|error| damaged(&error))?;
        let sources: Sources = serde_json::from_slice(&kept).map_err(|error| damaged(&error))?;
        let about = header.about;
        let service = sources.compile(&about.module, &about.on)?;
        // Where it cannot be kept, the next start does the same again.
        let _ = self.save(&about.counting(&service), &service, &sources);
        Ok(Box::leak(Box::new(service)))
    }

    /// Keeps a module, in place of one of that name.
    ///
    /// # Errors
    /// `usage.state` if it cannot be written.
    pub fn save(&self, about: &About, service: &Service, sources: &Sources) -> Result<(), Error> {
        let module = &about.module;
        let failed = |why: &dyn std::fmt::Display| {
            let path = self.path(module);
            let message = format!("`{}` cannot be written: {why}", path.display());
            Error::new(Code::UsageState, message)
        };
        let tables = postcard::to_allocvec(service).map_err(|error| failed(&error))?;
        let header = Header {
            kind: KIND.to_owned(),
            version: VERSION,
            reader: READER.to_owned(),
            length: tables.len() as u64,
            tables: hex(&tables),
            about: about.clone(),
        };
        let mut content = serde_json::to_vec(&header).map_err(|error| failed(&error))?;
        content.push(b'\n');
        content.extend(tables);
        serde_json::to_writer(&mut content, sources).map_err(|error| failed(&error))?;
        let written = private_folder(&self.folder)
            .and_then(|()| write_whole(&self.path(module), &content, Readers::Default));
        written.map_err(|error| failed(&error))
    }

    /// Forgets a module.
    ///
    /// # Errors
    /// `usage.argument` if it was not added, `usage.state` if its file cannot be removed.
    pub fn remove(&self, module: &str) -> Result<(), Error> {
        if !self.has(module) {
            return Err(self.unknown(module));
        }
        match fs::remove_file(self.path(module)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.unknown(module)),
            Err(error) => Err(self.unusable(module, &error.to_string())),
        }
    }

    /// Returns whether a module of that name was added.
    pub fn has(&self, module: &str) -> bool {
        is_legal(module) && self.path(module).exists()
    }

    fn path(&self, module: &str) -> PathBuf {
        self.folder.join(format!("{module}.{EXTENSION}"))
    }

    /// Opens the file of a module and reads its first line.
    fn open(&self, module: &str) -> Result<(Header, BufReader<File>), Error> {
        let damaged = |why: &dyn std::fmt::Display| self.unusable(module, &why.to_string());
        if !is_legal(module) {
            return Err(self.unknown(module));
        }
        let file = match File::open(self.path(module)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.unknown(module));
            }
            Err(error) => return Err(damaged(&error)),
        };
        let mut file = BufReader::new(file);
        let mut line = Vec::new();
        let read = file.by_ref().take(64 * 1024).read_until(b'\n', &mut line);
        read.map_err(|error| damaged(&error))?;
        let foreign = format!("it does not begin as a `{KIND}` file");
        let begin: Begin = serde_json::from_slice(&line).map_err(|_| damaged(&foreign))?;
        if begin.kind != KIND {
            let why = format!("it is a `{}` file, not a `{KIND}` one", begin.kind);
            return Err(damaged(&why));
        }
        if begin.version != VERSION {
            let why = format!(
                "it is of version {}, and this program knows version {VERSION}",
                begin.version
            );
            return Err(damaged(&why));
        }
        let header = serde_json::from_slice(&line).map_err(|error| damaged(&error))?;
        Ok((header, file))
    }

    fn unusable(&self, module: &str, why: &str) -> Error {
        let path = self.path(module);
        let message = format!(
            "the added API `{module}` cannot be used: {}: {why}",
            path.display()
        );
        Error::new(Code::UsageState, message).help(format!(
            "add it again: `tenantry api add FILE --as {module} --on SERVICE --replace`, \
             or `tenantry api remove {module}`"
        ))
    }

    fn unknown(&self, module: &str) -> Error {
        let names = self.names();
        let message = format!("no API was added as `{module}`");
        let error = Error::new(Code::UsageArgument, message);
        match did_you_mean(module, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => error.help("none was added: `tenantry api add` adds one"),
            None => error.help(format!("there are {}", names.join(", "))),
        }
    }
}
