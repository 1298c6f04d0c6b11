//! Charts as shapes: drawn once, written as SVG on the page and as paths in the PDF. Lengths are points, y grows downwards.

/// A place in a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A place.
#[must_use]
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// The few colours there are, by what they are for. They differ in lightness, so that nothing rests on hue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Writing, and what counts most.
    Text,
    /// Writing that stands back: labels, notes.
    Muted,
    /// Thin lines that guide the eye.
    Rule,
    /// A surface behind others: the night.
    Shade,
    /// What the data says.
    Strong,
    /// Data that stands behind other data; how sure it is.
    Soft,
    /// The paper.
    Paper,
}

impl Ink {
    /// Red, green and blue.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Text => [0x1b, 0x1f, 0x24],
            Self::Muted => [0x57, 0x60, 0x6a],
            Self::Rule => [0xc4, 0xca, 0xd1],
            Self::Shade => [0xdd, 0xe3, 0xea],
            Self::Strong => [0x1f, 0x55, 0x8f],
            Self::Soft => [0x8f, 0xb4, 0xdb],
            Self::Paper => [0xff, 0xff, 0xff],
        }
    }
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width.
    pub width: f32,
    /// Whether it is broken.
    pub dashed: bool,
}

/// Which point of a text its place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// One thing in a drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Lines from point to point.
    Path {
        /// The points.
        points: Vec<Point>,
        /// Whether the last one leads back to the first.
        closed: bool,
        /// What fills it.
        fill: Option<Ink>,
        /// What is drawn along it.
        stroke: Option<Stroke>,
    },
    /// A circle.
    Circle {
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f32,
        /// What fills it.
        fill: Option<Ink>,
        /// What is drawn along it.
        stroke: Option<Stroke>,
    },
    /// One line of writing.
    Text {
        /// Where its base line is.
        at: Point,
        /// Which point of it is there.
        anchor: Anchor,
        /// Height of the letters.
        size: f32,
        /// Whether it is bold.
        bold: bool,
        /// Its colour.
        ink: Ink,
        /// What it says.
        text: String,
    },
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
    /// What it is, in some words.
    pub title: String,
    /// What it shows, in a sentence or two, for those who do not see it.
    pub description: String,
    /// From back to front.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// An empty sheet of paper.
    #[must_use]
    pub fn new(width: f32, height: f32, title: String, description: String) -> Self {
        Self { width, height, title, description, shapes: Vec::new() }
    }

    /// A filled rectangle, by its upper left corner.
    pub fn block(&mut self, at: Point, width: f32, height: f32, fill: Ink) {
        let Point { x, y } = at;
        let points = vec![at, point(x + width, y), point(x + width, y + height), point(x, y + height)];
        self.shapes.push(Shape::Path { points, closed: true, fill: Some(fill), stroke: None });
    }

    /// A line through points.
    pub fn line(&mut self, points: Vec<Point>, ink: Ink, width: f32) {
        let stroke = Some(Stroke { ink, width, dashed: false });
        self.shapes.push(Shape::Path { points, closed: false, fill: None, stroke });
    }

    /// A broken line through points.
    pub fn dashes(&mut self, points: Vec<Point>, ink: Ink, width: f32) {
        let stroke = Some(Stroke { ink, width, dashed: true });
        self.shapes.push(Shape::Path { points, closed: false, fill: None, stroke });
    }

    /// A filled surface.
    pub fn surface(&mut self, points: Vec<Point>, fill: Ink) {
        self.shapes.push(Shape::Path { points, closed: true, fill: Some(fill), stroke: None });
    }

    /// A dot.
    pub fn dot(&mut self, centre: Point, radius: f32, fill: Ink) {
        self.shapes.push(Shape::Circle { centre, radius, fill: Some(fill), stroke: None });
    }

    /// A ring.
    pub fn ring(&mut self, centre: Point, radius: f32, ink: Ink, width: f32) {
        let stroke = Some(Stroke { ink, width, dashed: false });
        self.shapes.push(Shape::Circle { centre, radius, fill: None, stroke });
    }

    /// A label.
    pub fn label(&mut self, at: Point, anchor: Anchor, ink: Ink, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, anchor, size: LABEL_SIZE, bold: false, ink, text: text.into() });
    }
}

/// How high the letters of labels are.
pub const LABEL_SIZE: f32 = 6.5;
