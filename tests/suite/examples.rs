//! The example of every described operation holds in a fresh sandbox.

use tenantry::script::Source;
use tenantry::script::check::{Input, NoImports, check};

use crate::stage::Stage;

#[test]
fn every_example_holds() {
    let mut broken = Vec::new();
    for service in tenantry::api::services() {
        for operation in service.operations.iter() {
            let stage = Stage::new(0);
            if let Err(error) = stage.run(operation.example) {
                let at = &error.parts().at;
                let related = &error.parts().related;
                broken.push(format!(
                    "{}: {error} [{}] {at:?} {related:?}",
                    operation.name,
                    error.code()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_example_of_a_function_holds_and_passes_the_check() {
    let known = Stage::new(0).interface();
    let functions = known.functions.iter();
    let examples = functions.filter(|function| !function.example.is_empty());
    let mut broken = Vec::new();
    for function in examples {
        let (name, example) = (function.name, function.example);
        if let Err(error) = Stage::new(0).run(example) {
            broken.push(format!("{name}: {error:?}"));
        }
        let source = Source::new(name, example);
        let input = Input {
            services: tenantry::api::services(),
            known: &known,
            imports: &NoImports,
            params: None,
            effects: None,
            names: &[],
        };
        for finding in check(&source, input).findings {
            broken.push(format!("{name}: {:?}", finding.error));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_example_passes_the_check() {
    let known = Stage::new(0).interface();
    let services = tenantry::api::services();
    let mut found = Vec::new();
    for service in services {
        for operation in service.operations.iter() {
            let source = Source::new(operation.name, operation.example);
            let input = Input {
                services,
                known: &known,
                imports: &NoImports,
                params: None,
                effects: None,
                names: &[],
            };
            for finding in check(&source, input).findings {
                let error = finding.error;
                found.push(format!(
                    "{}: {error} {:?}",
                    operation.name,
                    error.parts().help
                ));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
