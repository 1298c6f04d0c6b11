//! Charts as shapes, written as SVG on the page and as paths in the PDF. A chart is drawn for each width in which it is
//! shown, so that its letters have the height of those around it. On paper lengths are points, on screens pixels; y grows
//! downwards.

pub mod lettering;

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
    /// Lines each from one point to another: a hatching.
    Lines {
        /// Their ends.
        lines: Vec<[Point; 2]>,
        /// How they look.
        stroke: Stroke,
    },
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

/// What something is drawn for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// How wide it is.
    pub width: f32,
    /// How high the letters are.
    pub letters: f32,
}

impl Frame {
    /// In pixels. A phone that is 320 wide leaves a little more between its margins.
    pub const PHONE: Self = Self { width: 272.0, letters: 12.0 };
    /// In pixels. `drawing.css` knows from which width on it is shown.
    pub const DESK: Self = Self { width: 700.0, letters: 12.0 };

    /// A part of a sheet of paper, in points.
    #[must_use]
    pub const fn on_paper(width: f32) -> Self {
        Self { width, letters: 8.0 }
    }

    /// A length that goes with letters 12 high.
    #[must_use]
    pub const fn of(self, length: f32) -> f32 {
        length * self.letters / 12.0
    }

    /// Whether there is little room for its letters, as on a phone.
    #[must_use]
    pub const fn is_narrow(self) -> bool {
        self.width < self.of(400.0)
    }
}

/// A drawing for one width.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
    /// How high the letters of its labels are.
    pub letters: f32,
    /// From back to front.
    pub shapes: Vec<Shape>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it is, in some words.
    pub title: String,
    /// What it shows, in a sentence or two, for those who do not see it.
    pub description: String,
    /// On a phone, and wherever there is no more room.
    pub phone: Drawing,
    /// On wide screens, if it is another one there.
    pub desk: Option<Drawing>,
    /// On paper.
    pub paper: Drawing,
}

impl Chart {
    /// All drawings of it.
    pub fn drawings(&mut self) -> impl Iterator<Item = &mut Drawing> {
        std::iter::once(&mut self.phone).chain(&mut self.desk).chain(std::iter::once(&mut self.paper))
    }
}

impl Drawing {
    /// An empty sheet of paper.
    #[must_use]
    pub const fn new(frame: Frame, height: f32) -> Self {
        Self { width: frame.width, height, letters: frame.letters, shapes: Vec::new() }
    }

    /// A filled rectangle, by its upper left corner.
    pub fn block(&mut self, at: Point, width: f32, height: f32, fill: Ink) {
        self.surface(corners(at, width, height), fill);
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

    /// A rectangle with slanting lines, by its upper left corner.
    pub fn hatching(&mut self, at: Point, width: f32, height: f32, apart: f32, ink: Ink, thin: f32) {
        let mut lines = Vec::new();
        // Each line rises to the right; how far it is along the lower edge, from the left, counts them.
        let mut along = apart / 2.0;
        while along < width + height {
            let (left, right) = ((along - height).max(0.0), along.min(width));
            let on = |x: f32| point(at.x + x, at.y + height - (along - x).min(height));
            lines.push([on(left), on(right)]);
            along += apart;
        }
        self.shapes.push(Shape::Lines { lines, stroke: Stroke { ink, width: thin, dashed: false } });
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
        self.shapes.push(Shape::Text { at, anchor, size: self.letters, bold: false, ink, text: text.into() });
    }

    /// A label that begins as far left of its place as it must to end within the drawing.
    pub fn label_within(&mut self, at: Point, anchor: Anchor, ink: Ink, text: impl Into<String>) {
        let text = text.into();
        let room = lettering::room(&text, self.letters);
        let left = match anchor {
            Anchor::Start => at.x,
            Anchor::Middle => at.x - room / 2.0,
            Anchor::End => at.x - room,
        };
        let nudge = left.min(self.width - room).max(0.0) - left;
        self.label(point(at.x + nudge, at.y), anchor, ink, text);
    }
}

/// The corners of a rectangle, by its upper left one.
#[must_use]
pub fn corners(at: Point, width: f32, height: f32) -> Vec<Point> {
    let Point { x, y } = at;
    vec![at, point(x + width, y), point(x + width, y + height), point(x, y + height)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hatching_stays_in_its_rectangle() {
        for (width, height) in [(100.0, 6.5), (6.5, 100.0), (1.0, 1.0), (0.0, 9.0)] {
            let mut drawing = Drawing::new(Frame { width: 200.0, letters: 12.0 }, 200.0);
            drawing.hatching(point(10.0, 20.0), width, height, 4.0, Ink::Muted, 0.5);
            let Some(Shape::Lines { lines, .. }) = drawing.shapes.first() else { continue };
            for end in lines.iter().flatten() {
                assert!(end.x > 9.99 && end.x < 10.01 + width && end.y > 19.99 && end.y < 20.01 + height, "{end:?}");
            }
        }
    }
}
