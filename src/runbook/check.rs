//! The whole check of a runbook: its header, and its script with the parameters that the header
//! declares.

use super::header::{self, Header};
use super::param_type::ParamType;
use crate::api::model::Service;
use crate::error::Error;
use crate::script::Source;
use crate::script::check::known::{Known, Type};
use crate::script::check::{Checked, Finding, Imports, Input, Places, check_ast, engine, parse};

/// What a runbook is checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The services that it can call.
    pub services: &'a [&'static Service],
    /// Everything else that it can call.
    pub known: &'a Known,
    /// Finds what it imports.
    pub imports: &'a dyn Imports,
}

/// Reads the header of a script alone, for help and parameters.
///
/// # Errors
/// `check.syntax`, or everything that is wrong with the header.
pub fn header(source: &Source) -> Result<Header, Error> {
    let ast = parse(&engine(), source, true).map_err(|finding| finding.error)?;
    let (header, findings) = header::read(&ast, &Places::new(source, true));
    Finding::errors(findings).map_or(Ok(header), Err)
}

/// Reads the header of a script and checks all of it.
pub fn check(source: &Source, against: Against) -> (Header, Checked) {
    let ast = match parse(&engine(), source, true) {
        Ok(ast) => ast,
        Err(finding) => {
            let findings = vec![finding];
            let modules = Vec::new();
            return (Header::default(), Checked { findings, modules });
        }
    };
    let (header, findings) = header::read(&ast, &Places::new(source, true));
    let params: Vec<(String, Type)> = header.params.iter().map(parameter).collect();
    // What is wrong in the header must not be reported at every call, too.
    let bound = header.bound().filter(|_| findings.is_empty());
    let input = Input {
        services: against.services,
        known: against.known,
        imports: against.imports,
        params: (!params.is_empty()).then_some(&params),
        effects: bound.as_deref(),
        names: &[],
    };
    let mut checked = check_ast(source, &ast, input);
    checked.findings.extend(findings);
    checked.findings = Finding::in_order(checked.findings);
    (header, checked)
}

/// Returns a parameter's name and type; one that may be absent can be `()`.
fn parameter(param: &super::Param) -> (String, Type) {
    let ty = match param.ty {
        _ if !param.required && param.initial.is_none() => Type::Any,
        ParamType::String | ParamType::File => Type::Text,
        ParamType::Int => Type::Int,
        ParamType::Decimal => Type::Number,
        ParamType::Bool => Type::Bool,
        ParamType::Date => Type::Date,
        ParamType::List => Type::ArrayOf(&Type::Text),
        ParamType::Secret => Type::Host("Secret"),
    };
    (param.name.clone(), ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check::NoImports;
    use crate::script::diagnostic::{Style, render};

    fn checked(text: &str) -> String {
        let source = Source::new("a.rhai", text);
        let against = Against {
            services: crate::api::services(),
            known: &Known::default(),
            imports: &NoImports,
        };
        let (_, checked) = check(&source, against);
        let sources = checked.sources(&source);
        Finding::errors(checked.findings).map_or(String::new(), |error| {
            render(&error, &sources, Style::PLAIN)
        })
    }

    #[test]
    fn header_and_script_are_checked_together() {
        let text = "const RUNBOOK = #{\n    params: #{ days: #{ type: \"int\", initial: 30, hlp: \"x\" } },\n};\nlet c = partner::customer(params.dayz);\npartner::custmers();\n";
        insta::assert_snapshot!(checked(text));
    }

    #[test]
    fn a_header_without_problems_leaves_none() {
        assert_eq!(
            checked("const RUNBOOK = #{ params: #{ days: #{ type: \"int\" } } };\nparams.days + 1"),
            ""
        );
        assert_eq!(checked("params.anything"), "");
    }

    #[test]
    fn the_header_lists_what_the_script_calls() {
        let check = |effects: &str, script: &str, expected: &[&str]| {
            let text = format!("const RUNBOOK = #{{ effects: [{effects}] }};\n{script}");
            let known = crate::script::interface::known(crate::api::services());
            let against = Against {
                services: crate::api::services(),
                known: &known,
                imports: &crate::script::Modules::beside("a.rhai"),
            };
            let (_, checked) = check(&Source::new("a.rhai", text), against);
            let findings = checked.findings.iter();
            let found: Vec<String> = findings.map(|one| one.error.to_string()).collect();
            let expected: Vec<String> = expected
                .iter()
                .map(|what| {
                    let (word, name) = what.split_once(' ').expect("word and name");
                    format!("the header does not list `{word}`, which `{name}` needs")
                })
                .collect();
            assert_eq!(found, expected, "{effects}: {script}");
        };
        let delete = "partner::delete_user(\"a\", \"b\")";
        let missing = ["partner.destroy partner::delete_user"];
        check("\"partner.read\"", delete, &missing);
        check("\"graph.destroy\"", delete, &missing);
        check("\"destroy\"", delete, &[]);
        check("\"partner.destroy\"", "partner::customers()", &[]);
        let customers = ["partner.read partner::customers"];
        check("", "partner::customers()", &customers);
        check(
            "\"graph.read\"",
            "fn f() { partner::customers() }\nf()",
            &customers,
        );
        check("", "fn f() { partner::customers() }", &[]);
        check(
            "",
            "partner::get(\"/v1/x\")",
            &["partner.read partner::get"],
        );
        check("\"partner.read\"", "partner::post(\"/v1/x\", #{})", &[]);
        let quantity = "for s in partner::subscriptions(\"a\") { s.set_quantity(5); }";
        check("\"partner.spend\"", quantity, &[]);
        check("\"partner.write\"", quantity, &[]);
        check(
            "\"partner.read\"",
            quantity,
            &["partner.write partner::set_subscription_quantity"],
        );
        check(
            "\"partner.write\"",
            "partner::buy(\"a\", #{ quantity: 1 })",
            &["partner.spend partner::buy"],
        );
        let module = "import \"std/onboarding\" as onboarding;\n";
        check("\"partner.read\"", module, &[]);
    }

    #[test]
    fn invalid_syntax_is_the_only_finding() {
        assert!(checked("const RUNBOOK = #{").contains("check.syntax"));
        assert!(header(&Source::new("a", "const RUNBOOK = 5;")).is_err());
        assert!(header(&Source::new("a", "")).is_ok());
    }
}
