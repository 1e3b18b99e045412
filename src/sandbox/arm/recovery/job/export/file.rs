//! What stands in the file of an export: one row for each job, in the form that was asked for.

use serde_json::{Value, json};

use crate::base::clock::Timestamp;
use crate::sandbox::arm::recovery::job::show::{ended, word};
use crate::sandbox::partner::dates;
use crate::sandbox::store::ReplicationJob;

/// The forms. Source: recovery reference §5.5; which one is usual is not confirmed.
pub(super) const KINDS: [&str; 3] = ["Json", "Excel", "Xml"];

/// The name of the file that is JSON.
pub(super) const JSON: &str = "jobs.json";

const COLUMNS: [&str; 9] = [
    "name",
    "scenarioName",
    "friendlyName",
    "state",
    "targetObjectName",
    "targetInstanceType",
    "startTime",
    "endTime",
    "error",
];

/// Returns the name of the file and what stands in it; times are shifted by minutes.
pub(super) fn write(jobs: &[ReplicationJob], kind: Option<&str>, minutes: f64) -> (String, String) {
    let rows: Vec<[String; COLUMNS.len()]> = jobs.iter().map(|job| row(job, minutes)).collect();
    let kind = kind.unwrap_or(KINDS[0]).to_ascii_lowercase();
    match kind.as_str() {
        "xml" => ("jobs.xml".to_owned(), xml(&rows)),
        "excel" => ("jobs.xls".to_owned(), spreadsheet(&rows)),
        _ => (JSON.to_owned(), objects(&rows)),
    }
}

fn row(job: &ReplicationJob, minutes: f64) -> [String; COLUMNS.len()] {
    let error = job.failure.as_ref().filter(|_| word(job.state) == "Failed");
    let ended = ended(job.state).then(|| time(job.ends, minutes));
    [
        job.id.clone(),
        job.scenario.clone(),
        job.title.clone(),
        word(job.state).to_owned(),
        job.target_name.clone(),
        job.target_kind.clone(),
        time(job.started, minutes),
        ended.unwrap_or_default(),
        error.map_or_else(String::new, |(_, diagnosis)| diagnosis.message.clone()),
    ]
}

/// Writes a moment with its offset from UTC, which is left out where there is none.
fn time(at: Timestamp, minutes: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "at most fourteen hours")]
    let seconds = (minutes * 60.0) as i32;
    match jiff::tz::Offset::from_seconds(seconds) {
        Ok(offset) if seconds != 0 => {
            let zoned = at.to_zoned(offset.to_time_zone());
            zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
        _ => dates::write_seconds(at),
    }
}

fn objects(rows: &[[String; COLUMNS.len()]]) -> String {
    let object = |row: &[String; COLUMNS.len()]| -> Value {
        let members = COLUMNS.iter().zip(row);
        members
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    };
    json!(rows.iter().map(object).collect::<Vec<_>>()).to_string()
}

fn xml(rows: &[[String; COLUMNS.len()]]) -> String {
    let field = |(name, value): (&&str, &String)| {
        let value = escaped(value);
        ["    <", name, ">", &value, "</", name, ">\n"].concat()
    };
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Jobs>\n".to_owned();
    for row in rows {
        text.push_str("  <Job>\n");
        text.extend(COLUMNS.iter().zip(row).map(field));
        text.push_str("  </Job>\n");
    }
    text + "</Jobs>\n"
}

/// Writes a sheet that spreadsheets open, with the names in its first row.
fn spreadsheet(rows: &[[String; COLUMNS.len()]]) -> String {
    let cell = |value: &String| {
        let value = escaped(value);
        ["<Cell><Data ss:Type=\"String\">", &value, "</Data></Cell>"].concat()
    };
    let head = COLUMNS.map(str::to_owned);
    let mut sheet = String::new();
    for row in std::iter::once(&head).chain(rows) {
        sheet.push_str("<Row>");
        sheet.extend(row.iter().map(cell));
        sheet.push_str("</Row>\n");
    }
    format!(
        "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\n<Worksheet ss:Name=\"Jobs\"><Table>\n{sheet}</Table></Worksheet>\n</Workbook>\n"
    )
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
