//! From what a person knows of an offer (title, term, billing) to what goes into a cart.

use std::sync::Arc;

use rhai::{Dynamic, Map};

use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::script::effects::at_path;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::invoke::by_name;
use crate::script::pager::Items;

const TERM: &str = "P1Y";
const CYCLE: &str = "monthly";
const VIEW: &str = "OnlineServices";
const KEYS: [&str; 8] = [
    "country", "title", "product", "sku", "term", "cycle", "segment", "view",
];

/// `find_catalog_item(#{ country, title | product, sku, term, cycle, segment, view })`.
pub(super) fn find(host: &Arc<Host>, args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let given = args.into_iter().next().unwrap_or(Dynamic::UNIT);
    let wanted = Wanted::read(&given)?;
    let product = wanted.product(host)?;
    let skus = all(&by_name(
        host,
        "partner",
        "skus",
        vec![product.clone(), wanted.country(), wanted.options()],
    )?)?;
    let mut terms = Vec::new();
    for sku in skus.iter().filter(|sku| wanted.is_sku(sku)) {
        let args = vec![
            product.clone(),
            sku.clone(),
            wanted.country(),
            wanted.options(),
        ];
        for offer in all(&by_name(host, "partner", "availabilities", args)?)? {
            let found = wanted.terms(&offer, &mut terms);
            if found {
                return Ok(wanted.item(&product, sku, &offer));
            }
        }
    }
    Err(wanted.nothing(&skus, &terms))
}

struct Wanted(Map);

impl Wanted {
    fn read(given: &Dynamic) -> Result<Self, Error> {
        let map = given.as_map_ref().map_err(|_| {
            argument(format!(
                "`find_catalog_item` takes a map, not {}",
                describe(given)
            ))
        })?;
        let unknown = map.keys().find(|name| !KEYS.contains(&name.as_str()));
        if let Some(name) = unknown {
            let error = argument(format!("`find_catalog_item` has no key `{name}`"));
            return Err(match did_you_mean(name, KEYS) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!("it has: {}", KEYS.join(", "))),
            });
        }
        if let Some((name, value)) = map.iter().find(|(_, value)| !value.is_string()) {
            return Err(argument(format!(
                "`{name}` must be a text, not {}",
                describe(value)
            )));
        }
        if !map.contains_key("country")
            || !(map.contains_key("title") || map.contains_key("product"))
        {
            return Err(argument(
                "`find_catalog_item` needs `country`, and `title` or `product`",
            ));
        }
        Ok(Self(map.clone()))
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(self.0.get(name)?.to_string())
    }

    fn country(&self) -> Dynamic {
        self.0.get("country").cloned().unwrap_or(Dynamic::UNIT)
    }

    fn options(&self) -> Dynamic {
        let mut options = Map::new();
        if let Some(segment) = self.0.get("segment") {
            options.insert("targetSegment".into(), segment.clone());
        }
        options.into()
    }

    /// Returns the product of that id, or the one of that title: the very title, else the only one
    /// that holds it.
    fn product(&self, host: &Arc<Host>) -> Result<Dynamic, Error> {
        if let Some(id) = self.0.get("product") {
            return by_name(host, "partner", "product", vec![id.clone(), self.country()]);
        }
        let view = self.text("view").unwrap_or_else(|| VIEW.to_owned());
        let args = vec![self.country(), view.into(), self.options()];
        let products = all(&by_name(host, "partner", "products", args)?)?;
        let wanted = self.text("title").unwrap_or_default().to_lowercase();
        let title = |product: &Dynamic| word(product, "title").to_lowercase();
        if let Some(product) = products.iter().find(|product| title(product) == wanted) {
            return Ok(product.clone());
        }
        let near: Vec<&Dynamic> = products
            .iter()
            .filter(|product| title(product).contains(&wanted))
            .collect();
        match near.as_slice() {
            [only] => Ok((*only).clone()),
            several => Err(self.no_product(&products, several)),
        }
    }

    fn no_product(&self, all: &[Dynamic], several: &[&Dynamic]) -> Error {
        let wanted = self.text("title").unwrap_or_default();
        let country = self.country();
        let titles: Vec<String> = all.iter().map(|product| word(product, "title")).collect();
        if several.is_empty() {
            let error = Error::new(
                Code::PartnerNotFound,
                format!("no product in {country} is called {wanted:?}"),
            );
            return match did_you_mean(&wanted, titles.iter().map(String::as_str)) {
                Some(near) => error.help(format!("did you mean {near:?}?")),
                None => error.help(format!(
                    "there are: {}",
                    crate::base::text::shorten(&titles.join(", "), 300)
                )),
            };
        }
        let names: Vec<String> = several
            .iter()
            .map(|product| word(product, "title"))
            .collect();
        argument(format!(
            "several products in {country} are called {wanted:?}: {}",
            names.join(", ")
        ))
        .help("give the whole title, or `product` with an id")
    }

    fn is_sku(&self, sku: &Dynamic) -> bool {
        self.text("sku").is_none_or(|wanted| {
            word(sku, "id") == wanted || word(sku, "title").eq_ignore_ascii_case(&wanted)
        })
    }

    fn term(&self) -> String {
        self.text("term").unwrap_or_else(|| TERM.to_owned())
    }

    fn cycle(&self) -> String {
        self.text("cycle").unwrap_or_else(|| CYCLE.to_owned())
    }

    /// Returns whether an offer has the wanted term and billing; notes what it has.
    fn terms(&self, offer: &Dynamic, seen: &mut Vec<String>) -> bool {
        let sold =
            at_path(offer, "isPurchasable").is_none_or(|sold| sold.as_bool().unwrap_or(true));
        let Some(terms) = at_path(offer, "terms").filter(|_| sold) else {
            return false;
        };
        let Ok(terms) = terms.as_array_ref() else {
            return false;
        };
        terms.iter().any(|term| {
            let (duration, cycle) = (word(term, "duration"), word(term, "billingCycle"));
            let fits = duration.eq_ignore_ascii_case(&self.term())
                && cycle.eq_ignore_ascii_case(&self.cycle());
            let both = format!("{duration} {cycle}");
            if !seen.contains(&both) {
                seen.push(both);
            }
            fits
        })
    }

    fn item(&self, product: &Dynamic, sku: &Dynamic, offer: &Dynamic) -> Dynamic {
        let mut item = Map::new();
        let id = at_path(offer, "catalogItemId").unwrap_or(Dynamic::UNIT);
        item.insert("catalogItemId".into(), id);
        item.insert("termDuration".into(), self.term().into());
        item.insert("billingCycle".into(), self.cycle().to_lowercase().into());
        item.insert("product".into(), product.clone());
        item.insert("sku".into(), sku.clone());
        item.insert("availability".into(), offer.clone());
        item.into()
    }

    fn nothing(&self, skus: &[Dynamic], terms: &[String]) -> Error {
        let what = format!("nothing to buy for {} billed {}", self.term(), self.cycle());
        let error = Error::new(Code::PartnerNotFound, what);
        if !terms.is_empty() {
            return error.help(format!("there is: {}", terms.join(", ")));
        }
        let titles: Vec<String> = skus
            .iter()
            .map(|sku| format!("{} ({})", word(sku, "title"), word(sku, "id")))
            .collect();
        error.help(format!("the product's SKUs are: {}", titles.join(", ")))
    }
}

fn word(value: &Dynamic, path: &str) -> String {
    at_path(value, path).map_or_else(String::new, |word| word.to_string())
}

fn all(list: &Dynamic) -> Result<Vec<Dynamic>, Error> {
    match Items::of(list) {
        Some(items) => items.collect(),
        None => Ok(Vec::new()),
    }
}
