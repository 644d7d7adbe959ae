//! Nodes: what the slots of a tree hold.
//!
//! ```text
//! header, 8 bytes    kind u8, order u8, count u16, parent u32
//! leaf               header, page; `count` is that of its elements that are objects of their own
//! inner node         header, children of 24 bytes; `count` is that of the children
//! child              key u64, bytes u64, count u32, reference u32
//! ```
//! A child's key is the least that its subtree may hold: a hash, the bits of a score in an order of
//! their own, or nothing in a list. Its count and bytes are those of all elements below it.
//!
//! Invariant: a node's parent is the node that has it as a child, or the key's object if it is the
//! root; so a node that moves finds who has to be told.
use super::order::Order;
use super::page::{Page, PageMut};
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Ref};
use crate::store::kind;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of the header of a node.
pub const NODE_HEADER_SIZE: u32 = 8;

/// Bytes of a leaf, header included, that it is split beyond.
pub const LEAF_SIZE_MAX: u32 = 2048;

/// Children of an inner node at most: it takes up to 4 KiB.
pub(super) const CHILD_COUNT_MAX: usize = 170;

/// Levels of a tree at most. A node but the root has a quarter of what it may have, so that seven
/// levels hold more elements than a count has bits for.
pub(super) const DEPTH_MAX: usize = 8;

/// The first bytes of every node.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Header {
    /// `kind::TREE_LEAF` or `kind::TREE_INNER`.
    pub kind: u8,
    order: u8,
    /// Children, or in a leaf elements that are objects of their own.
    pub count: u16,
    /// The inner node above, or the key's object.
    pub parent: Ref,
}

impl Header {
    /// The header of a leaf.
    pub const fn leaf(order: Order, large_count: u16, parent: Ref) -> Self {
        Self { kind: kind::TREE_LEAF, order: order as u8, count: large_count, parent }
    }

    /// The header of an inner node.
    pub const fn inner(order: Order, count: u16, parent: Ref) -> Self {
        Self { kind: kind::TREE_INNER, order: order as u8, count, parent }
    }

    /// What the tree is ordered by.
    pub fn order(self) -> Order {
        Order::from_u8(self.order)
    }

    /// Is it a leaf?
    pub const fn is_leaf(self) -> bool {
        self.kind == kind::TREE_LEAF
    }
}

/// A subtree, as its parent knows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Child {
    /// The least key that it may hold.
    pub key: u64,
    /// Bytes of the texts of its elements.
    pub bytes: u64,
    /// Elements.
    pub count: u32,
    /// Its node.
    pub at: Ref,
}

/// Bytes of a child.
pub(super) const CHILD_SIZE: u32 = 24;

const _: () = assert!(size_of::<Child>() == CHILD_SIZE as usize, "a child is 24 bytes");
const _: () = assert!(size_of::<Header>() == NODE_HEADER_SIZE as usize, "a header is 8 bytes");

/// Bytes of an inner node with so many children.
pub(super) const fn inner_size(child_count: usize) -> u32 {
    NODE_HEADER_SIZE + child_count as u32 * CHILD_SIZE
}

/// The header of a node.
#[inline]
pub fn header(frames: &Frames, at: Ref) -> &Header {
    let header: &Header = frames.get(at);
    assert!(matches!(header.kind, kind::TREE_LEAF | kind::TREE_INNER), "a node of a tree");
    header
}

/// The header of a node, to be changed.
pub(super) fn header_mut(frames: &mut Frames, at: Ref) -> &mut Header {
    frames.get_mut(at)
}

/// The children of an inner node.
#[inline]
pub(super) fn children(frames: &Frames, at: Ref) -> &[Child] {
    let header = header(frames, at);
    assert!(!header.is_leaf(), "a leaf has no children");
    let size = u32::from(header.count) * CHILD_SIZE;
    let bytes = &frames.bytes(at, NODE_HEADER_SIZE + size)[NODE_HEADER_SIZE as usize..];
    <[Child]>::ref_from_bytes(bytes).expect("children are aligned, and their bytes a multiple")
}

/// The children of an inner node, to be changed; `count` of them, which the header need not know.
pub(super) fn children_mut(frames: &mut Frames, at: Ref, count: usize) -> &mut [Child] {
    let size = count as u32 * CHILD_SIZE;
    let bytes = &mut frames.bytes_mut(at, NODE_HEADER_SIZE + size)[NODE_HEADER_SIZE as usize..];
    <[Child]>::mut_from_bytes(bytes).expect("children are aligned, and their bytes a multiple")
}

/// An empty leaf, the root of a tree of the key's object `owner`.
pub fn make_leaf(frames: &mut Frames, class: Class, order: Order, owner: Ref) -> Ref {
    let at = frames.allocate(class);
    *header_mut(frames, at) = Header::leaf(order, 0, owner);
    PageAt::of_leaf(frames, at).empty(frames, order);
    at
}

/// Where a page lies: a leaf has one, or the key's object of a small collection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageAt {
    /// The leaf, or the object.
    pub holder: Ref,
    /// Where in it the page begins.
    pub offset: u32,
    /// Bytes of the page.
    pub size: u32,
}

impl PageAt {
    /// The page of a leaf.
    #[inline]
    pub fn of_leaf(frames: &Frames, leaf: Ref) -> Self {
        let slot_size = frames.class_size(frames.class_at(leaf));
        Self { holder: leaf, offset: NODE_HEADER_SIZE, size: slot_size - NODE_HEADER_SIZE }
    }

    /// Its first byte, as an offset in data memory.
    pub(super) fn start(self) -> usize {
        self.holder.offset() + self.offset as usize
    }

    /// To be read.
    #[inline]
    pub fn page(self, frames: &Frames, order: Order) -> Page<'_> {
        let bytes = frames.bytes(self.holder, self.offset + self.size);
        Page::new(&bytes[self.offset as usize..], order)
    }

    /// To be changed.
    #[inline]
    pub fn page_mut(self, frames: &mut Frames, order: Order) -> PageMut<'_> {
        let bytes = frames.bytes_mut(self.holder, self.offset + self.size);
        PageMut::new(&mut bytes[self.offset as usize..], order)
    }

    /// An empty page.
    pub fn empty(self, frames: &mut Frames, order: Order) -> PageMut<'_> {
        let bytes = frames.bytes_mut(self.holder, self.offset + self.size);
        PageMut::empty(&mut bytes[self.offset as usize..], order)
    }
}
