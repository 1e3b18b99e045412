//! What the browser shows at the end of a sign-in: one clean page, without scripts and without
//! anything from elsewhere.

use http::StatusCode;

/// A page that the browser is shown.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    status: StatusCode,
    title: &'static str,
    text: String,
}

impl Page {
    /// The sign-in is done.
    pub(crate) fn signed_in(who: &str) -> Self {
        Self {
            status: StatusCode::OK,
            title: "You are signed in",
            text: format!(
                "Tenantry has signed in {who}. You can close this window and go back to the terminal."
            ),
        }
    }

    /// The sign-in failed.
    pub(crate) fn failed(why: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "The sign-in failed",
            text: format!("{why}. The terminal says what to do next. You can close this window."),
        }
    }

    /// Somebody came who does not belong to the sign-in.
    pub(crate) fn nothing_here() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: "Nothing is here",
            text:
                "Tenantry waits here for a sign-in to end. Go on in the window where you signed in."
                    .to_owned(),
        }
    }

    /// The sign-in is over already.
    pub(crate) fn too_late() -> Self {
        Self::failed("The sign-in was over already when this page was asked for")
    }

    /// Returns the status that goes with the page.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the page.
    pub(crate) fn html(&self) -> String {
        let (title, text) = (self.title, escaped(&self.text));
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} – Tenantry</title>\n\
             <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#222}}\
             @media(prefers-color-scheme:dark){{body{{background:#1c1c1c;color:#ddd}}}}</style>\n\
             </head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
        )
    }
}

/// What the service says may hold anything.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_says_cannot_become_markup() {
        let html = Page::failed("<script>alert('x')</script> & more").html();
        assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more"));
        assert!(!html.contains("<script"), "{html}");
    }
}
