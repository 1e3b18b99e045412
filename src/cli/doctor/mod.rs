//! `doctor`: why sign-in or access fails. It looks at everything between this machine and a
//! customer's tenant in the order in which it is needed, reads only, and says of each failure what
//! mends it. What is looked at stands in the files beside this one, each judged by a pure function.

mod azure;
mod customer;
mod endpoints;
mod examination;
mod machine;
mod mend;
mod partner;
mod reader;
mod render;
mod tokens;
mod verdict;

use clap::Args;

use super::args::OutputFormat;
use super::console::Console;
use crate::error::Code;
use examination::{Examination, examine};
pub(super) use reader::Reader;
use verdict::{Check, Status};

/// Looks for what is wrong.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Doctor {
    /// Also look at the way to this customer: its tenant id or one of its domains
    #[arg(long, value_name = "TENANT")]
    pub(super) customer: Option<String>,
}

const HELP: &str = "\
The checks, in their order; the names do not change:
  configuration     the profile can be read, and its secrets are there
  clock             this machine's clock agrees with the identity service's
  login_endpoint    the identity service answers, and knows the tenant
  partner_endpoint  Partner Center answers
  graph_endpoint    Microsoft Graph answers
  arm_endpoint      Azure Resource Manager answers
  app_token         the application gets a token
  user_token        the signed-in user gets a token
  mfa               the user's sign-in had multi-factor authentication
  partner_mfa       Partner Center sees it that way, too
  partner_role      the user is an agent in Partner Center
With --customer:
  customer          the tenant exists
  consent           the application has consent there
  gdap              a GDAP relationship with the customer is active
  gdap_roles        its roles reach the user, through a group
  arm_role          the user has a role in the customer's Azure subscriptions

Each is pass, warn, fail or skip, with the cause and what mends it. The exit code is 4 if any
failed, else 0; with --output json stdout is an array of checks. Nothing is changed.

Examples:
  tenantry doctor
  tenantry doctor --customer fabrikam.onmicrosoft.com
  tenantry doctor --output json";

/// Makes the checks and returns the exit code.
pub(super) fn doctor(console: &Console, args: &Doctor) -> u8 {
    let mut examination = Examination::new(console);
    examine(&mut examination, args.customer.as_deref());
    let checks = examination.end();
    let exit = if console.globals.output == OutputFormat::Table {
        console.print(&render::text(&checks, render::marks()))
    } else {
        let rows: Vec<String> = checks.iter().map(|it| it.to_json().to_string()).collect();
        console.finish(|output| output.table(None, &rows))
    };
    let failed = failed(&checks);
    if failed > 0 {
        console.say(&format!("{failed} of {} checks failed", checks.len()));
    }
    match exit {
        0 if failed > 0 => Code::AuthRefused.exit(),
        exit => exit,
    }
}

fn failed(checks: &[Check]) -> usize {
    let statuses = checks.iter().map(|check| check.verdict.status);
    statuses.filter(|status| *status == Status::Fail).count()
}
