//! The arguments of `api`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::api::ServiceName;

/// The services' operations, and APIs that are added to them.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Api {
    /// List every operation, with what it does and whether the sandbox serves it
    #[command(after_help = "\
Examples:
  tenantry api list
  tenantry api list partner --output json
  tenantry api list --added")]
    List {
        /// Only the operations of this module
        module: Option<String>,
        /// The APIs that were added, instead of operations: from which file, when, how many functions
        #[arg(long, conflicts_with = "module")]
        added: bool,
    },
    /// Make a module of a document that describes an API, such as those that Microsoft publishes
    Add(Add),
    /// Forget an API that was added
    #[command(after_help = "\
Examples:
  tenantry api remove nat")]
    Remove {
        /// The module
        module: String,
    },
    /// Show what is known of an API that was added
    #[command(after_help = "\
Examples:
  tenantry api show nat
  tenantry doc nat                # its functions")]
    Show {
        /// The module
        module: String,
    },
}

/// Makes a module of a document.
#[derive(Debug, Args)]
#[command(after_help = "\
The document is OpenAPI 2.0 or 3.x, in JSON or YAML. It is read once, with the files to which it
refers; from then on scripts call its operations as they call ours. Host, tokens, pages, long
operations and errors are those of the service named by --on; what the document says about hosts
and security is not used.

A function is named after its operationId: NatGateways_CreateOrUpdate is called as
nat::nat_gateways_create_or_update(…). GET and HEAD read, PUT and PATCH write, DELETE and POST
destroy. An overlay says otherwise, by operationId:

  operations:
    NatGateways_Reset: { effect: write, name: reset_nat, method_of: NatGateway, function_as: reset }

Examples:
  tenantry api add natGateway.json --as nat --on arm --dry-run
  tenantry api add natGateway.json --as nat --on arm --overlay nat.yaml
  tenantry eval 'nat::nat_gateways_list_all(arm::subscriptions(\"fabrikam.onmicrosoft.com\").first())'")]
pub(in crate::cli) struct Add {
    /// The document
    pub(in crate::cli) file: PathBuf,
    /// Name of the module
    #[arg(long = "as", value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// The service whose host, tokens and ways it has
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub(in crate::cli) on: On,
    /// What the document does not say: effects, names, methods
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) overlay: Option<PathBuf>,
    /// Take the place of a module of that name
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    /// Say what would be added, and everything that is wrong, without adding it
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// A service that other APIs can be called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum On {
    /// Azure Resource Manager
    Arm,
    /// Microsoft Graph
    Graph,
    /// Partner Center
    Partner,
    /// Recovery Services
    Recovery,
}

impl From<On> for ServiceName {
    fn from(on: On) -> Self {
        match on {
            On::Arm => Self::Arm,
            On::Graph => Self::Graph,
            On::Partner => Self::Partner,
            On::Recovery => Self::Recovery,
        }
    }
}
