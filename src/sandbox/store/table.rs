//! A table: rows under lower-case keys, in order. Cloning one is cheap, so a transaction works on a
//! clone; each table remembers which keys were touched since the last commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::OrdMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a table holds.
pub(crate) trait Row: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}
impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Row for T {}

/// One row that was written (`Some`) or removed (`None`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// Name of the table.
    pub(crate) table: &'static str,
    /// Key of the row.
    pub(crate) key: String,
    /// The row, as JSON.
    pub(crate) row: Option<Value>,
}

/// Joins the parts of a key: `key(&[customer, subscription])`.
pub(crate) fn key(parts: &[&str]) -> String {
    parts.join("/").to_lowercase()
}

/// Rows of one kind, ordered by key.
#[derive(Debug, Clone)]
pub(crate) struct Table<T> {
    rows: OrdMap<String, Arc<T>>,
    touched: BTreeSet<String>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: OrdMap::new(),
            touched: BTreeSet::new(),
        }
    }
}

impl<T: Row> Table<T> {
    /// Returns a row.
    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(&key.to_lowercase()).map(AsRef::as_ref)
    }

    /// Tells whether there is such a row.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Writes a row.
    pub(crate) fn put(&mut self, key: &str, row: T) {
        let key = key.to_lowercase();
        self.touched.insert(key.clone());
        self.rows.insert(key, Arc::new(row));
    }

    /// Returns a row to be changed in place.
    pub(crate) fn edit(&mut self, key: &str) -> Option<&mut T> {
        let key = key.to_lowercase();
        let row = self.rows.get_mut(&key)?;
        self.touched.insert(key);
        Some(Arc::make_mut(row))
    }

    /// Takes a row away.
    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        let key = key.to_lowercase();
        let row = self.rows.remove(&key)?;
        self.touched.insert(key);
        Some(Arc::unwrap_or_clone(row))
    }

    /// Takes all rows away that are over.
    pub(crate) fn forget(&mut self, is_over: impl Fn(&T) -> bool) {
        let rows = self.rows.iter();
        let over: Vec<String> = rows
            .filter(|(_, row)| is_over(row.as_ref()))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &over {
            self.remove(key);
        }
    }

    /// Returns all rows in the order of their keys.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &T)> {
        self.rows
            .iter()
            .map(|(key, row)| (key.as_str(), row.as_ref()))
    }

    /// Returns the rows whose key begins with `prefix/`, in order.
    pub(crate) fn under<'a>(
        &'a self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a str, &'a T)> + use<'a, T> {
        let prefix = format!("{}/", prefix.to_lowercase());
        self.rows
            .range(prefix.clone()..)
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(key, row)| (key.as_str(), row.as_ref()))
    }

    /// Returns the rows from `key` on (included when it exists): for pages of a long list.
    #[expect(clippy::wrong_self_convention, reason = "it says where the rows begin")]
    pub(crate) fn from_key<'a>(
        &'a self,
        key: &str,
    ) -> impl Iterator<Item = (&'a str, &'a T)> + use<'a, T> {
        self.rows
            .range(key.to_lowercase()..)
            .map(|(key, row)| (key.as_str(), row.as_ref()))
    }

    /// Counts the rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the keys of what was touched since the last commit.
    pub(crate) fn touched_keys(&self) -> impl Iterator<Item = &str> {
        self.touched.iter().map(String::as_str)
    }

    /// Counts what was touched since the last commit.
    pub(super) fn touched(&self) -> usize {
        self.touched.len()
    }

    /// Forgets what was touched.
    pub(super) fn settle(&mut self) {
        self.touched.clear();
    }

    /// Gives away what was touched since the last commit.
    pub(super) fn drain(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        for key in std::mem::take(&mut self.touched) {
            let row = self.rows.get(&key).map(|row| to_json(row.as_ref()));
            changes.push(Change { table, key, row });
        }
    }

    /// Returns every row, as a change from an empty table.
    pub(super) fn all(&self, table: &'static str, changes: &mut Vec<Change>) {
        changes.extend(self.rows.iter().map(|(key, row)| Change {
            table,
            key: key.clone(),
            row: Some(to_json(row.as_ref())),
        }));
    }

    /// Applies a change that was read from a state file.
    pub(super) fn apply(&mut self, key: String, row: Option<Value>) -> Result<(), String> {
        match row {
            None => {
                self.rows.remove(&key);
            }
            Some(row) => {
                let row = serde_json::from_value(row).map_err(|error| error.to_string())?;
                self.rows.insert(key, Arc::new(row));
            }
        }
        Ok(())
    }
}

fn to_json<T: Serialize>(row: &T) -> Value {
    serde_json::to_value(row).expect("rows are plain structs, which can always be written")
}

/// Declares a group of tables: a struct with one field per table, and how the state file reaches
/// each by name (`group.table`).
macro_rules! tables {
    ($(#[$about:meta])* $group:literal $name:ident { $($(#[$doc:meta])* $field:ident: $row:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $field: $crate::sandbox::store::Table<$row>,)*
        }

        impl $crate::sandbox::store::Tables for $name {
            fn drain(&mut self, changes: &mut Vec<$crate::sandbox::store::Change>) {
                $(self.$field.drain(concat!($group, ".", stringify!($field)), changes);)*
            }

            fn all(&self, changes: &mut Vec<$crate::sandbox::store::Change>) {
                $(self.$field.all(concat!($group, ".", stringify!($field)), changes);)*
            }

            fn touched(&self) -> usize {
                0 $(+ self.$field.touched())*
            }

            fn settle(&mut self) {
                $(self.$field.settle();)*
            }

            fn counts(&self, counts: &mut Vec<(&'static str, usize)>) {
                $(counts.push((concat!($group, ".", stringify!($field)), self.$field.len()));)*
            }

            fn apply(
                &mut self,
                table: &str,
                key: &str,
                row: &mut Option<serde_json::Value>,
            ) -> Option<Result<(), String>> {
                $(if table == concat!($group, ".", stringify!($field)) {
                    return Some(self.$field.apply(key.to_owned(), row.take()));
                })*
                None
            }
        }
    };
}
pub(crate) use tables;
