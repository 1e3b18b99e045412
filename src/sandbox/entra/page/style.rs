//! How the pages look.

/// The style sheet.
pub(super) const STYLE: &str = "\
body{margin:0;background:#f2f2f2;color:#1b1b1b;font:16px/1.5 system-ui,sans-serif}\
main{max-width:26em;margin:10vh auto;padding:2em;background:#fff;box-shadow:0 2px 6px #0003}\
h1{margin:0 0 .5em;font-size:1.5em;font-weight:600}\
label{display:block;margin:1em 0}\
input[type=text],input[type=password]{display:block;box-sizing:border-box;width:100%;padding:.5em}\
button{padding:.5em 1.5em;margin-right:.5em}\
.problem{padding:.5em 1em;background:#fde7e9}\
footer{margin-top:2em;color:#666;font-size:.8em}";
