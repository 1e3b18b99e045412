//! Whether this run may have the effect of a call. It comes first: a refusal happens before a token
//! is asked for.

use crate::api::ServiceName;
use crate::api::model::Effect;
use crate::error::{Code, Error};
use crate::http::call::Call;
use crate::http::settings::Settings;

/// The effects that this run may have.
#[derive(Debug)]
pub(crate) struct Access {
    grants: Vec<Effect>,
    bound: Option<Vec<(ServiceName, Effect)>>,
}

impl Access {
    /// Takes the grants of the run and the bound of its header.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            grants: settings.grants.clone(),
            bound: settings.bound.clone(),
        }
    }

    /// Fails unless the run may make this call.
    pub(crate) fn check(&self, call: &Call) -> Result<(), Error> {
        let (operation, effect) = (&call.operation, call.effect.as_str());
        if !self.listed(call.service, call.effect) {
            let word = format!("{}.{effect}", call.service.as_str());
            return Err(Error::new(
                Code::AccessHeader,
                format!("the runbook's header does not list `{word}`, which `{operation}` needs"),
            )
            .help(format!("add \"{word}\" to the header's `effects`")));
        }
        if call.effect != Effect::Read && !self.grants.contains(&call.effect) {
            return Err(Error::new(
                Code::AccessEffect,
                format!("`{operation}` has the effect `{effect}`, which this run was not granted"),
            )
            .help(format!("grant it: `--allow {effect}`")));
        }
        Ok(())
    }

    /// Returns whether the header admits the effect. Whoever may change a service may read it.
    fn listed(&self, service: ServiceName, effect: Effect) -> bool {
        self.bound.as_ref().is_none_or(|bound| {
            bound.iter().any(|(listed, word)| {
                *listed == service && (*word == effect || effect == Effect::Read)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing;

    #[test]
    fn effects_beyond_reading_are_granted_and_listed() {
        use Effect::{Destroy, Read, Spend, Write};
        use ServiceName::{Graph, Partner};
        let check =
            |grants: &[Effect], bound: Option<&[(ServiceName, Effect)]>, effect, expected| {
                let access = Access {
                    grants: grants.to_vec(),
                    bound: bound.map(<[_]>::to_vec),
                };
                let mut call = testing::get("/v1/customers");
                call.effect = effect;
                let found = access.check(&call).err().map(|error| error.code());
                assert_eq!(found, expected, "{grants:?} {bound:?} {effect:?}");
            };
        check(&[], None, Read, None);
        check(&[], None, Write, Some(Code::AccessEffect));
        check(&[Write], None, Write, None);
        check(&[Write], None, Spend, Some(Code::AccessEffect));
        check(&[Write, Spend], Some(&[(Partner, Write)]), Write, None);
        check(&[Write], Some(&[(Partner, Write)]), Read, None);
        check(
            &[Write, Spend],
            Some(&[(Partner, Write)]),
            Spend,
            Some(Code::AccessHeader),
        );
        check(&[Destroy], Some(&[]), Read, Some(Code::AccessHeader));
        check(
            &[Write],
            Some(&[(Graph, Write)]),
            Write,
            Some(Code::AccessHeader),
        );
    }
}
