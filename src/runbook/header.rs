//! The header of a runbook, `const RUNBOOK = #{ … }`, read from the script's text without running
//! it. It must consist of literals; whatever is wrong in it is reported, all at once.

mod literal;

use rhai::{AST, ASTFlags, Expr, Position, Stmt};

use super::param_type::{Param, ParamType, ParamValue};
use super::params::RUN_FLAGS;
use crate::api::ServiceName;
use crate::api::model::Effect;
use crate::script::check::{Finding, Places};
use literal::{Reader, number_text};

const KEYS: [&str; 4] = ["summary", "params", "effects", "limits"];
const PARAM_KEYS: [&str; 5] = ["type", "initial", "help", "required", "choices"];
const EFFECTS: [Effect; 4] = [Effect::Read, Effect::Write, Effect::Spend, Effect::Destroy];

/// What a runbook says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    /// One sentence.
    pub summary: Option<String>,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// What it may do at most; `None` sets no bound.
    pub effects: Option<Vec<Bound>>,
    /// Upper bounds of what it may do, by name.
    pub limits: Vec<(String, i64)>,
}

/// One effect that a runbook may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// On which service; `None` means on all.
    pub service: Option<String>,
    /// The effect.
    pub effect: Effect,
}

impl Header {
    /// Returns what it may do, by service; an effect without a service is meant for all of them.
    pub fn bound(&self) -> Option<Vec<(ServiceName, Effect)>> {
        let mut all = Vec::new();
        for bound in self.effects.as_ref()? {
            let meant = |service: &ServiceName| {
                let name = bound.service.as_deref();
                name.is_none_or(|name| service.as_str() == name)
            };
            let services = ServiceName::ALL.into_iter().filter(meant);
            all.extend(services.map(|service| (service, bound.effect)));
        }
        Some(all)
    }

    /// Returns the effects it may have on any service; `None` sets no bound.
    pub fn allowed(&self) -> Option<Vec<Effect>> {
        let mut effects: Vec<Effect> = self.effects.as_ref()?.iter().map(|it| it.effect).collect();
        effects.sort_unstable();
        effects.dedup();
        Some(effects)
    }
}

/// Reads the header of a script that was compiled without optimisation. A script without one has
/// an empty header.
pub fn read(ast: &AST, places: &Places) -> (Header, Vec<Finding>) {
    let mut reader = Reader {
        places,
        findings: Vec::new(),
    };
    let declared = ast.statements().iter().find_map(|stmt| match stmt {
        Stmt::Var(var, flags, at) if var.0.name == "RUNBOOK" => Some((&var.1, *flags, *at)),
        _ => None,
    });
    let mut header = Header::default();
    if let Some((value, flags, at)) = declared {
        if !flags.intersects(ASTFlags::CONSTANT) {
            reader
                .wrong(at, "the header must be a constant")
                .help_last("write `const RUNBOOK = #{ … };`");
        }
        header = reader.header(value);
    }
    (header, reader.findings)
}

impl Reader<'_> {
    fn header(&mut self, value: &Expr) -> Header {
        let mut header = Header::default();
        for (key, at, value) in self.map(value, "the header") {
            match key {
                "summary" => header.summary = self.text(value, "`summary`"),
                "params" => header.params = self.params(value),
                "effects" => header.effects = self.effects(value),
                "limits" => header.limits = self.limits(value),
                _ => self.unknown("a key of the header", key, at, &KEYS),
            }
        }
        header
    }

    fn params(&mut self, value: &Expr) -> Vec<Param> {
        let declared = self.map(value, "`params`");
        declared
            .into_iter()
            .filter_map(|(name, at, value)| self.param(name, at, value))
            .collect()
    }

    fn param(&mut self, name: &str, at: Position, value: &Expr) -> Option<Param> {
        self.name(name, at);
        let what = format!("parameter `{name}`");
        let entries = self.map(value, &what);
        let find = |key: &str| {
            entries
                .iter()
                .find(|entry| entry.0 == key)
                .map(|entry| entry.2)
        };
        for (key, at, _) in &entries {
            if !PARAM_KEYS.contains(key) {
                self.unknown("a key of a parameter", key, *at, &PARAM_KEYS);
            }
        }
        let ty = match find("type") {
            Some(value) => self.ty(value)?,
            None => ParamType::String,
        };
        let initial = find("initial").and_then(|value| self.initial(ty, value));
        let choices = find("choices").map(|value| self.texts(value, "`choices`"));
        let param = Param {
            name: name.to_owned(),
            ty,
            help: find("help")
                .and_then(|value| self.text(value, "`help`"))
                .unwrap_or_default(),
            required: match find("required") {
                Some(value) => self.truth(value, "`required`").unwrap_or(true),
                None => find("initial").is_none(),
            },
            choices: choices
                .unwrap_or_default()
                .into_iter()
                .map(|(text, _)| text)
                .collect(),
            initial,
            at: self.places.token(at),
        };
        if let (Some(value), Some(given)) = (&param.initial, find("initial")) {
            self.among_choices(&param, value, given.start_position());
        }
        Some(param)
    }

    fn name(&mut self, name: &str, at: Position) {
        let snake = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !snake {
            self.wrong(at, format!("`{name}` cannot be the name of a parameter"))
                .help_last("use lower-case letters, digits and `_`, beginning with a letter");
        } else if RUN_FLAGS.contains(&name) {
            let flag = name.replace('_', "-");
            self.wrong(
                at,
                format!("a parameter cannot be called `{name}`: `--{flag}` is a flag of `run`"),
            )
            .help_last("take another name");
        }
    }

    fn among_choices(&mut self, param: &Param, value: &ParamValue, at: Position) {
        let shown = value.shown();
        if !param.choices.is_empty() && !param.choices.contains(&shown) {
            let choices: Vec<&str> = param.choices.iter().map(String::as_str).collect();
            self.unknown("one of the choices", &shown, at, &choices);
        }
    }

    fn ty(&mut self, value: &Expr) -> Option<ParamType> {
        let word = self.text(value, "`type`")?;
        let ty = ParamType::parse(&word);
        if ty.is_none() {
            let known = ParamType::ALL.map(ParamType::as_str);
            self.unknown(
                "a type of parameters",
                &word,
                value.start_position(),
                &known,
            );
        }
        ty
    }

    fn initial(&mut self, ty: ParamType, value: &Expr) -> Option<ParamValue> {
        let at = value.start_position();
        let read = match (ty, value) {
            (ParamType::Secret, _) => {
                self.wrong(at, "a secret has no value in the script")
                    .help_last("leave `initial` out; give it as `env:NAME` or `file:PATH`");
                return None;
            }
            (ParamType::List, Expr::Array(..)) => {
                let items = self.texts(value, "`initial`");
                return Some(ParamValue::List(
                    items.into_iter().map(|(text, _)| text).collect(),
                ));
            }
            (ParamType::Bool, Expr::BoolConstant(truth, _)) => {
                return Some(ParamValue::Bool(*truth));
            }
            (ParamType::Int | ParamType::Decimal, number) => number_text(number),
            (ParamType::List | ParamType::Bool, _) => None,
            (_, Expr::StringConstant(text, _)) => Some(text.to_string()),
            _ => None,
        };
        let value = read.and_then(|text| ty.read(&text));
        if value.is_none() {
            let expected = match ty {
                ParamType::List => "an array of texts",
                other => other.expected(),
            };
            self.wrong(
                at,
                format!("the initial value of {} must be {expected}", article(ty)),
            );
        }
        value
    }

    fn effects(&mut self, value: &Expr) -> Option<Vec<Bound>> {
        if !matches!(value, Expr::Array(..)) {
            self.wrong(value.start_position(), "`effects` must be a list of texts")
                .help_last("such as `effects: [\"partner.read\", \"partner.write\"]`");
            return None;
        }
        let words = self.texts(value, "`effects`");
        let bounds = words
            .into_iter()
            .filter_map(|(word, at)| self.bound(&word, at))
            .collect();
        Some(bounds)
    }

    fn bound(&mut self, word: &str, at: Position) -> Option<Bound> {
        let (service, effect) = match word.split_once('.') {
            Some((service, effect)) => (Some(service), effect),
            None => (None, word),
        };
        let services = ServiceName::ALL.map(ServiceName::as_str);
        if let Some(service) = service.filter(|service| !services.contains(service)) {
            self.unknown("a service", service, at, &services);
            return None;
        }
        let Some(effect) = Effect::parse(effect) else {
            self.unknown("an effect", effect, at, &EFFECTS.map(Effect::as_str));
            return None;
        };
        Some(Bound {
            service: service.map(str::to_owned),
            effect,
        })
    }

    fn limits(&mut self, value: &Expr) -> Vec<(String, i64)> {
        let mut limits = Vec::new();
        for (key, _, value) in self.map(value, "`limits`") {
            match value {
                Expr::IntegerConstant(limit, _) if *limit >= 0 => {
                    limits.push((key.to_owned(), *limit));
                }
                other => {
                    self.wrong(
                        other.start_position(),
                        format!("the limit `{key}` must be a whole number"),
                    );
                }
            }
        }
        limits
    }
}

fn article(ty: ParamType) -> String {
    match ty {
        ParamType::Int => "an int".to_owned(),
        other => format!("a {}", other.as_str()),
    }
}

#[cfg(test)]
pub(super) mod tests;
