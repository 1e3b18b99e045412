//! The condition that a list wants always: some of Recovery Services are empty without the kind of
//! backups that is meant. It is said unless the script's own condition speaks of the same field.

use super::Parts;
use crate::api::filter::Filter;
use crate::api::model::Param;

impl Parts {
    /// Adds what the description says of a condition that was given.
    pub(super) fn complete(&mut self, param: &Param, initial: &str) {
        let Some(filter) = &self.filter else { return };
        let clauses = initial.split(" and ");
        let missing = clauses.filter(|clause| {
            let field = clause.split(' ').next().unwrap_or_default();
            !filter.any(&|one| speaks_of(one, field))
        });
        let mut all: Vec<String> = missing.map(str::to_owned).collect();
        let mut given = self.query.iter_mut().rev();
        if let Some((_, text)) = given.find(|(name, _)| *name == param.wire) {
            all.push(std::mem::take(text));
            *text = all.join(" and ");
        }
    }
}

fn speaks_of(filter: &Filter, name: &str) -> bool {
    let Filter::Compare { field, .. } = filter else {
        return false;
    };
    let last = field.rsplit(['.', '/']).next().unwrap_or(field);
    last.eq_ignore_ascii_case(name)
}
