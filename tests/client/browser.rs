//! Somebody with a browser: it keeps a cookie, and fills in the forms that it is shown.

use reqwest::Method;

use super::{answer::Answer, caller::Caller, request::Request};

/// A browser, signed in or not.
#[derive(Clone)]
pub struct Browser {
    nobody: Caller,
    pub cookie: Option<String>,
    /// What stays when somebody signs out.
    pub device: Option<String>,
}

impl Browser {
    pub fn of(nobody: Caller) -> Self {
        Self { nobody, cookie: None, device: None }
    }

    fn request(&self, method: Method, path: &str) -> Request {
        let request = self.nobody.request(method, path);
        let cookies: Vec<_> = self.cookie.iter().chain(&self.device).cloned().collect();
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub async fn opens(&self, path: &str) -> Answer {
        self.request(Method::GET, path).await
    }

    /// Sends fields, as they are, without what the page's form would add.
    pub fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Request {
        let body =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        request.header("sec-fetch-site", "same-origin").body(body)
    }

    /// Fills in the form of a page.
    pub async fn submits(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token(page).await;
        let fields: Vec<_> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
        self.sends(path, &fields).await
    }

    /// What the forms of a page carry.
    pub async fn form_token(&self, page: &str) -> String {
        let text = self.opens(page).await.is(200).text();
        let (_, rest) = text.split_once("name=\"form_token\" value=\"").expect("a page of somebody who is signed in");
        rest.split('"').next().unwrap().to_owned()
    }

    /// Signs in, and keeps the cookie.
    pub async fn signs_in(mut self, fields: &[(&str, &str)]) -> Self {
        let answer = self.sends("/sign-in", fields).await.is(303);
        let cookies = answer.headers.get_all("set-cookie").into_iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        let [cookie, device] = cookies.collect::<Vec<_>>().try_into().expect("two cookies");
        (self.cookie, self.device) = (Some(cookie), Some(device));
        self
    }
}

pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
