//! Routes with their manners: a GET also answers HEAD, a known path with another method is a 405 that names the right
//! ones, what can be guessed at is limited, and failures go to people as a page and to apps as a problem document. The
//! table of all routes can be read, so that a test can compare it with the contract.

use std::{cell::RefCell, rc::Rc};

use actix_web::{
    FromRequest, Handler, Resource, Responder, ResponseError,
    dev::{ResourceDef, ServiceRequest},
    guard,
    http::Method,
    middleware::{Next, from_fn},
    web::{self, Data, ServiceConfig},
};

use super::{
    body,
    problem::{Code, Problem, Tell},
    throttle::{AddressLimit, limited},
};
use crate::{foundation::clock::Clock, storage::Store};

/// A method at a path of the application, with its manners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with the names of its open pieces in braces.
    pub path: &'static str,
    /// Whether it is for people, and no part of the contract.
    pub is_page: bool,
    /// Whether an address may ask for it only so often.
    pub is_limited: bool,
    /// Whether it may be repeated with an `Idempotency-Key`.
    pub takes_key: bool,
}

/// Collects resources for an application.
pub struct Routes<'a> {
    config: &'a mut ServiceConfig,
    table: Rc<RefCell<Vec<Route>>>,
    /// For people, and how they are told what goes wrong; `None` for the API.
    page: Option<Tell>,
}

impl<'a> Routes<'a> {
    /// Adds to an application's configuration.
    pub fn new(config: &'a mut ServiceConfig, table: Rc<RefCell<Vec<Route>>>) -> Self {
        Self { config, table, page: None }
    }

    /// Those that are pages for people, who are told of failures in this way.
    pub fn pages(&mut self, tell: Tell) -> Routes<'_> {
        Routes { config: self.config, table: self.table.clone(), page: Some(tell) }
    }

    /// Begins a path; the methods follow, and then an end.
    pub fn at(&mut self, path: &'static str) -> PathRoutes<'_, 'a> {
        PathRoutes {
            routes: self,
            path,
            resource: web::resource(path),
            methods: Vec::new(),
            is_limited: false,
            takes_key: false,
        }
    }

    /// Ends the application's routes: from here on, handlers can ask which pages there are.
    pub fn end(self) {
        let table = self.table.borrow();
        let pages = table.iter().filter(|route| route.is_page && route.method == Method::GET);
        let pages = Pages(pages.map(|route| ResourceDef::new(route.path)).collect());
        self.config.app_data(Data::new(pages));
    }
}

/// The pages of the application.
pub struct Pages(Vec<ResourceDef>);

impl Pages {
    /// Whether a path leads to one of them.
    #[must_use]
    pub fn are_at(&self, path: &str) -> bool {
        self.0.iter().any(|page| page.is_match(path))
    }
}

/// One path.
#[must_use = "a path is there once it is ended"]
pub struct PathRoutes<'r, 'a> {
    routes: &'r mut Routes<'a>,
    path: &'static str,
    resource: Resource,
    methods: Vec<Method>,
    is_limited: bool,
    takes_key: bool,
}

macro_rules! methods {
    ($($name:ident = $method:ident),+) => {$(
        /// Answers this method.
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
    methods!(get = GET, put = PUT, patch = PATCH, delete = DELETE);

    /// Answers POST. Whoever sends an `Idempotency-Key` to the API is told that it is not looked at here.
    pub fn post<F, A>(mut self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        if self.routes.page.is_none() {
            let with_key = guard::fn_guard(|asked| asked.head().headers().contains_key(body::IDEMPOTENCY_KEY));
            let refused = || async { Problem::new(Code::UnexpectedIdempotencyKey).error_response() };
            self.resource = self.resource.route(web::post().guard(with_key).to(refused));
        }
        self.method(Method::POST, handler)
    }

    /// Answers POST of a form, by a standard that knows no `Idempotency-Key`: there, it is not looked at.
    pub fn form_post<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.method(Method::POST, handler)
    }

    /// Answers POST, which may be repeated with an `Idempotency-Key`: the handler takes a [`body::Keyed`] body.
    pub fn keyed_post<F, A>(mut self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.takes_key = true;
        self.method(Method::POST, handler)
    }

    /// Lets each address ask only so often: here something can be guessed.
    pub fn limited(mut self) -> Self {
        self.is_limited = true;
        self
    }

    /// Adds the path to the application.
    pub fn end(self) {
        let Self { routes, path, resource, methods, is_limited, takes_key } = self;
        let tell = routes.page.unwrap_or(|problem| problem.error_response());
        let mut allow: Vec<_> = methods.iter().map(Method::as_str).collect();
        if methods.contains(&Method::GET) {
            allow.push(Method::HEAD.as_str());
        }
        let allow = allow.join(", ");
        let resource = resource.default_service(web::to(move || {
            let told = tell(Problem::method_not_allowed(allow.clone()));
            async move { told }
        }));
        if is_limited {
            routes.config.service(resource.wrap(from_fn(
                move |limit: Data<AddressLimit>,
                      store: Data<Store>,
                      clock: Data<Clock>,
                      request: ServiceRequest,
                      next: Next<_>| async move {
                    limited(tell, &limit, &store, clock.now(), request, next).await
                },
            )));
        } else {
            routes.config.service(resource);
        }
        let is_page = routes.page.is_some();
        let added = methods.into_iter().map(|method| {
            let takes_key = takes_key && method == Method::POST;
            Route { method, path, is_page, is_limited, takes_key }
        });
        routes.table.borrow_mut().extend(added);
    }

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
        self.resource = self.resource.route(route.to(handler));
        self.methods.push(method);
        self
    }
}
