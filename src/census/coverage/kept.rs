//! A random sample of rows with all their parts, so that rows that several parts share are known.

use super::hit::RowHit;
use crate::census::reservoir::Places;

/// In the place of a value that has no order.
pub(super) const UNORDERED: i64 = i64::MIN;

/// A sample of rows. Each has a number for every division, and a value for every order.
#[derive(Clone)]
pub(super) struct KeptRows {
    places: Places,
    divisions: usize,
    orders: usize,
    numbers: Vec<u16>,
    values: Vec<i64>,
    hits: Vec<Option<RowHit>>,
}

/// One row of the sample.
#[derive(Clone, Copy)]
pub(super) struct KeptRow<'k> {
    pub(super) numbers: &'k [u16],
    pub(super) values: &'k [i64],
    pub(super) hit: Option<RowHit>,
}

impl KeptRows {
    /// An empty sample of at most so many rows.
    pub(super) fn new(size: usize, seed: u64) -> Self {
        Self {
            places: Places::new(size, seed),
            divisions: 0,
            orders: 0,
            numbers: Vec::new(),
            values: Vec::new(),
            hits: Vec::new(),
        }
    }

    /// Offers the next row. Every row has as many divisions and orders as the first.
    pub(super) fn offer(&mut self, row: KeptRow<'_>) {
        let Some(place) = self.places.next() else {
            return;
        };
        if place == self.hits.len() {
            (self.divisions, self.orders) = (row.numbers.len(), row.values.len());
            self.numbers.extend_from_slice(row.numbers);
            self.values.extend_from_slice(row.values);
            self.hits.push(row.hit);
        } else {
            let (numbers, values) = (place * self.divisions, place * self.orders);
            self.numbers[numbers..numbers + self.divisions].copy_from_slice(row.numbers);
            self.values[values..values + self.orders].copy_from_slice(row.values);
            self.hits[place] = row.hit;
        }
    }

    /// How many rows were offered for each that is kept.
    pub(super) fn weight(&self) -> f64 {
        self.places.seen as f64 / self.hits.len().max(1) as f64
    }

    /// Whether every row was kept.
    pub(super) fn is_whole(&self) -> bool {
        self.places.seen == self.hits.len() as u64
    }

    /// How many rows are kept.
    pub(super) fn len(&self) -> usize {
        self.hits.len()
    }

    /// A row.
    pub(super) fn row(&self, at: usize) -> KeptRow<'_> {
        KeptRow {
            numbers: &self.numbers[at * self.divisions..(at + 1) * self.divisions],
            values: &self.values[at * self.orders..(at + 1) * self.orders],
            hit: self.hits[at],
        }
    }

    /// Every row.
    pub(super) fn rows(&self) -> impl Iterator<Item = KeptRow<'_>> {
        (0..self.len()).map(|at| self.row(at))
    }
}
