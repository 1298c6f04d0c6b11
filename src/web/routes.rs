//! Routes with their manners: a GET also answers HEAD, a known path with another method is a 405 that names the right
//! ones, and the table of all routes can be read, so that a test can compare it with the contract.

use std::{cell::RefCell, rc::Rc};

use actix_web::{
    FromRequest, Handler, Resource, Responder, guard,
    http::Method,
    web::{self, ServiceConfig},
};

use crate::web::problem::Problem;

/// A method and a path pattern of the application.
pub type Route = (Method, &'static str);

/// Collects resources for an application.
pub struct Routes<'a> {
    config: &'a mut ServiceConfig,
    table: Rc<RefCell<Vec<Route>>>,
}

impl<'a> Routes<'a> {
    /// Adds to an application's configuration.
    pub fn new(config: &'a mut ServiceConfig, table: Rc<RefCell<Vec<Route>>>) -> Self {
        Self { config, table }
    }

    /// Begins a path; the methods follow.
    pub fn at(&mut self, path: &'static str) -> PathRoutes<'_, 'a> {
        PathRoutes { routes: self, path, resource: Some(web::resource(path)), methods: Vec::new() }
    }
}

/// One path; registered when it goes out of scope.
pub struct PathRoutes<'r, 'a> {
    routes: &'r mut Routes<'a>,
    path: &'static str,
    resource: Option<Resource>,
    methods: Vec<Method>,
}

macro_rules! methods {
    ($($name:ident = $method:ident),+) => {$(
        /// Answers this method.
        #[must_use]
        pub fn $name<F, A>(self, handler: F) -> Self
        where
            F: Handler<A>,
            A: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            self.method(Method::$method, handler)
        }
    )+};
}

impl PathRoutes<'_, '_> {
    methods!(get = GET, post = POST, put = PUT, patch = PATCH, delete = DELETE);

    /// Ends the path. What it does happens when it goes out of scope; the name says that this is meant.
    pub fn end(self) {}

    fn method<F, A>(mut self, method: Method, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = match method {
            Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
            ref other => web::method(other.clone()),
        };
        self.resource = self.resource.take().map(|resource| resource.route(route.to(handler)));
        self.methods.push(method);
        self
    }
}

impl Drop for PathRoutes<'_, '_> {
    fn drop(&mut self) {
        let mut allow: Vec<_> = self.methods.iter().map(Method::as_str).collect();
        if self.methods.contains(&Method::GET) {
            allow.push(Method::HEAD.as_str());
        }
        let allow = allow.join(", ");
        if let Some(resource) = self.resource.take() {
            self.routes.config.service(resource.default_service(web::to(move || {
                let allow = allow.clone();
                async move { Err::<String, _>(Problem::method_not_allowed(allow)) }
            })));
        }
        self.routes.table.borrow_mut().extend(self.methods.drain(..).map(|method| (method, self.path)));
    }
}
