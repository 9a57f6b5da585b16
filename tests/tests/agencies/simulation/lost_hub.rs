//! The hub goes on from an old copy of its disk, and a lead says that it may.

use super::note;
use super::world::World;

impl World {
    /// The hub's disk is copied; later, once a world, it is lost and the copy takes its place.
    pub fn lose_hub(&mut self) {
        let Some(copy) = self.hub_copy.take() else {
            note("the hub's disk is copied");
            self.hub_copy = Some(self.hub.backup());
            return;
        };
        let whole = self.hub.backup();
        if self.chance(50) {
            note("the hub is restored from an old backup");
            self.hub.restore(&copy);
        } else {
            note("the hub's disk is an old one, and it does not know");
            self.hub.roll_back(&copy);
            self.go_on_unawares();
        }
        if !self.some_lead_opens_an_epoch() {
            note("  no lead knows of it; the newer disk is found again");
            self.hub.roll_back(&whole);
            return;
        }
        self.pages.clear();
        self.requests.clear();
        // What only the lost log had accepted is judged anew, by a roster that may be another.
        self.acknowledged.clear();
        self.written.iter_mut().for_each(|written| written.acknowledged = false);
    }

    /// Somebody who has heard nothing newer writes, and the hub signs a second log.
    fn go_on_unawares(&mut self) {
        let end = self.hub.log(&self.id).position;
        let id = self.id.clone();
        let behind = |desk: &mut super::desk::Desk| desk.agency().workspace.hello(&id).unwrap().after <= end;
        if let Some(desk) = self.desks.iter_mut().position(behind) {
            self.work(desk);
            self.sync(desk, true);
        }
    }

    fn some_lead_opens_an_epoch(&mut self) -> bool {
        let (id, hub) = (self.id.clone(), &mut self.hub);
        self.desks.iter_mut().any(|desk| {
            let opened = desk.agency().open_epoch(&id, hub).is_ok();
            if opened {
                note(format!("  {} lets it go on", desk.name));
            }
            opened
        })
    }
}
