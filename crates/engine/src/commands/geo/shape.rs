//! What is searched: a circle or a box around a position, and the cells that cover it.
//!
//! Invariant: the cells and their order are those of Redis, because without ASC and DESC it is the
//! order of the results; where they miss a member near the edge, so does Redis.
use super::cell::{Bounds, Cell, Position, STEP_MAX};
use super::distance::{Center, EARTH_RADIUS, Reach, degrees};

/// Half of the equator in metres, as a Mercator map has it.
const MERCATOR_MAX: f64 = 20_037_726.37;

/// Cells that cover a shape, at most.
pub(super) const CELL_COUNT_MAX: usize = 9;

/// Columns to the east and rows to the north of the other cells, in the order of the search.
const NEIGHBOURS: [(i32, i32); CELL_COUNT_MAX] =
    [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)];

/// How far a shape reaches from its centre, in its unit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    Circle { radius: f64 },
    Box { width: f64, height: f64 },
}

/// A shape on the map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) center: Position,
    pub(super) extent: Extent,
    /// Metres of its unit.
    pub(super) unit: f64,
}

/// Tells which positions are in a shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    center: Center,
    sides: Sides,
    wants_distance: bool,
}

/// How far a shape reaches from its centre.
#[derive(Clone, Copy, Debug)]
enum Sides {
    Circle(Reach),
    /// To the side, and in metres up and down.
    Box(Reach, f64),
}

impl Probe {
    /// For who wants to know distances, or does not.
    pub(super) fn new(shape: &Shape, wants_distance: bool) -> Self {
        let sides = match shape.extent {
            Extent::Circle { radius } => Sides::Circle(Reach::new(radius * shape.unit)),
            Extent::Box { width, height } => {
                Sides::Box(Reach::new(width * shape.unit / 2.0), height * shape.unit / 2.0)
            }
        };
        Self { center: Center::new(shape.center), sides, wants_distance }
    }

    /// The metres between the centre and a position in the shape, or 0 if nobody wants to know;
    /// none if it is outside.
    #[inline]
    pub(super) fn distance_to(&self, position: Position) -> Option<f64> {
        let Self { center, wants_distance, .. } = self;
        match &self.sides {
            Sides::Circle(reach) if *wants_distance => center.distance_within(position, reach),
            Sides::Circle(reach) => center.reaches(position, reach).then_some(0.0),
            Sides::Box(reach, height) => {
                let is_in = center.latitudes_to(position) <= *height
                    && center.reaches_beside(position, reach);
                let distance = || if *wants_distance { center.distance_to(position) } else { 0.0 };
                is_in.then(distance)
            }
        }
    }
}

impl Shape {
    /// The cells that cover it, in the order of the search.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let bounds = self.bounds();
        let mut cell = Cell::of(self.center, self.step());
        let mut step = self.step();
        if step > 1 && falls_short(cell, &bounds) {
            step -= 1;
            cell = Cell::of(self.center, step);
        }
        let inner = cell.bounds();
        // Beyond an edge that the shape does not reach. Of the largest cells, both of a coordinate
        // are searched.
        let is_outside = move |(columns, rows): (i32, i32)| {
            step > 1
                && (rows < 0 && inner.low.latitude < bounds.low.latitude
                    || rows > 0 && inner.high.latitude > bounds.high.latitude
                    || columns < 0 && inner.low.longitude < bounds.low.longitude
                    || columns > 0 && inner.high.longitude > bounds.high.longitude)
        };
        let needed = NEIGHBOURS.into_iter().filter(move |neighbour| !is_outside(*neighbour));
        let mut last = None;
        needed.map(move |(columns, rows)| cell.moved(columns, rows)).filter(move |cell| {
            // With two columns, the one to the east is the one to the west.
            let is_new = last != Some(*cell);
            last = Some(*cell);
            is_new
        })
    }

    /// How fine the grid may be so that a cell and those around it cover the shape, mostly.
    fn step(&self) -> u8 {
        let reach = match self.extent {
            Extent::Circle { radius } => radius,
            Extent::Box { width, height } => {
                libm::sqrt((width / 2.0) * (width / 2.0) + (height / 2.0) * (height / 2.0))
            }
        };
        let mut reach = reach * self.unit;
        if reach == 0.0 {
            return STEP_MAX;
        }
        let mut step = -1;
        while reach < MERCATOR_MAX {
            reach *= 2.0;
            step += 1;
        }
        // Towards the poles, cells are narrow.
        let latitude = self.center.latitude.abs();
        step -= i32::from(latitude > 66.0) + i32::from(latitude > 80.0);
        step.clamp(1, i32::from(STEP_MAX)).unsigned_abs() as u8
    }

    /// The box on the map that has the shape within it.
    fn bounds(&self) -> Bounds {
        let (width, height) = match self.extent {
            Extent::Circle { radius } => (radius, radius),
            Extent::Box { width, height } => (width / 2.0, height / 2.0),
        };
        let Position { longitude, latitude } = self.center;
        let rows = degrees(height * self.unit / EARTH_RADIUS);
        // Where meridians are nearer to each other.
        let narrow = if latitude < 0.0 { latitude - rows } else { latitude + rows };
        let columns = degrees(width * self.unit / EARTH_RADIUS / libm::cos(narrow.to_radians()));
        Bounds {
            low: Position { longitude: longitude - columns, latitude: latitude - rows },
            high: Position { longitude: longitude + columns, latitude: latitude + rows },
        }
    }
}

/// Do a cell and those around it end before `bounds` do?
fn falls_short(cell: Cell, bounds: &Bounds) -> bool {
    let beside = |columns, rows| cell.moved(columns, rows).bounds();
    beside(0, 1).high.latitude < bounds.high.latitude
        || beside(0, -1).low.latitude > bounds.low.latitude
        || beside(1, 0).high.longitude < bounds.high.longitude
        || beside(-1, 0).low.longitude > bounds.low.longitude
}
