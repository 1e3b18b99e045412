//! One source as the checker sees it: its functions and closures with their bodies, its imports,
//! its constants, and the words that could be keys of maps.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use rhai::{AST, ASTFlags, ASTNode, Expr, FnAccess, Module, Position, Stmt};

use super::place::Places;
use crate::error::At;
use crate::script::Source;

/// A function or closure of a script.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) params: Vec<String>,
    pub(super) body: Vec<Stmt>,
    pub(super) private: bool,
}

/// What an alias stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Another source, by its index.
    Unit(usize),
    /// Something that cannot be known before the run.
    Unknown,
}

/// An import statement.
#[derive(Debug, Clone)]
pub(super) struct Import {
    /// Its path, where it is a literal.
    pub(super) path: Option<String>,
    /// Empty where there is none.
    pub(super) alias: String,
    pub(super) path_at: Position,
    pub(super) alias_at: Position,
}

/// One source.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) source: Rc<Source>,
    pub(super) main: bool,
    pub(super) body: Vec<Stmt>,
    pub(super) functions: HashMap<String, Vec<Rc<Function>>>,
    pub(super) imports: HashMap<String, Target>,
    /// All import statements: path where it is a literal, alias, place.
    pub(super) import_list: Vec<Import>,
    /// Names of constants and variables at the top level.
    pub(super) constants: HashSet<String>,
    pub(super) variables: HashSet<String>,
    /// Keys of map literals, and properties that are assigned.
    pub(super) keys: HashSet<String>,
    /// Functions that are called with `!` and see the caller's variables; `eval` opens all.
    pub(super) open: HashSet<String>,
}

impl Unit {
    /// Takes a compiled source apart.
    pub(super) fn new(source: Rc<Source>, main: bool, ast: &AST) -> Self {
        let mut unit = Self {
            source,
            main,
            body: ast.statements().to_vec(),
            functions: functions(ast),
            imports: HashMap::new(),
            import_list: Vec::new(),
            constants: HashSet::new(),
            variables: HashSet::new(),
            keys: HashSet::new(),
            open: HashSet::new(),
        };
        for stmt in ast.statements() {
            if let Stmt::Var(var, flags, _) = stmt {
                let names = if flags.intersects(ASTFlags::CONSTANT) {
                    &mut unit.constants
                } else {
                    &mut unit.variables
                };
                names.insert(var.0.name.to_string());
            }
        }
        ast.walk(&mut |path: &[ASTNode]| {
            unit.note(path);
            true
        });
        unit
    }

    /// Notes what can be referred to from anywhere in the source.
    fn note(&mut self, path: &[ASTNode]) {
        match path.last() {
            Some(ASTNode::Expr(Expr::Map(map, _))) => {
                let keys = map.0.iter().map(|(key, _)| key.name.to_string());
                self.keys.extend(keys);
            }
            Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                last_property(&assignment.1.lhs, &mut self.keys);
            }
            Some(ASTNode::Stmt(Stmt::Import(import, _))) => {
                let (path, alias) = &**import;
                self.import_list.push(Import {
                    path: match path {
                        Expr::StringConstant(path, _) => Some(path.to_string()),
                        _ => None,
                    },
                    alias: alias.name.to_string(),
                    path_at: path.start_position(),
                    alias_at: alias.pos,
                });
                self.imports.insert(alias.name.to_string(), Target::Unknown);
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.capture_parent_scope || call.name == "eval" =>
            {
                self.open.insert(call.name.to_string());
            }
            _ => {}
        }
    }

    /// Returns the place of the token that begins at a position.
    pub(super) fn token(&self, at: Position) -> At {
        Places::new(&self.source, self.main).token(at)
    }

    /// Returns the function of that name; a closure is found by its name alone.
    pub(super) fn function(&self, name: &str, arity: usize) -> Option<&Rc<Function>> {
        let all = self.functions.get(name)?;
        all.iter()
            .find(|function| function.params.len() == arity)
            .or_else(|| all.first().filter(|_| name.starts_with("anon$")))
    }

    /// Returns whether variables of a function may come from where it is called.
    pub(super) fn is_open(&self, function: Option<&str>) -> bool {
        self.open.contains("eval") || function.is_some_and(|name| self.open.contains(name))
    }
}

/// Returns all functions with their bodies. The parser's own type of a body has no public name, so
/// each is read by walking a script that holds nothing else.
fn functions(ast: &AST) -> HashMap<String, Vec<Rc<Function>>> {
    let mut functions: HashMap<String, Vec<Rc<Function>>> = HashMap::new();
    for definition in ast.iter_fn_def() {
        let mut alone = Module::new();
        alone.set_script_fn(definition.clone());
        let mut body = Vec::new();
        AST::new([], alone).walk(&mut |path: &[ASTNode]| {
            if let [ASTNode::Stmt(stmt)] = path {
                body.push((*stmt).clone());
            }
            true
        });
        let function = Function {
            name: definition.name.to_string(),
            params: definition.params.iter().map(ToString::to_string).collect(),
            body,
            private: definition.access == FnAccess::Private,
        };
        functions
            .entry(function.name.clone())
            .or_default()
            .push(Rc::new(function));
    }
    functions
}

fn last_property(expr: &Expr, keys: &mut HashSet<String>) {
    match expr {
        Expr::Dot(both, ..) | Expr::Index(both, ..) => last_property(&both.rhs, keys),
        Expr::Property(property, _) => {
            keys.insert(property.2.to_string());
        }
        Expr::StringConstant(key, _) => {
            keys.insert(key.to_string());
        }
        _ => {}
    }
}
