//! Taking tags out of TIFF structures (TIFF 6.0, section 2) in place: nothing moves but the entries of one folder, so
//! makers' notes with offsets of their own stay whole.

/// The pointer to the GPS folder (Exif 2.3, 4.6.3).
const GPS: u16 = 0x8825;
/// Adobe's metadata, which repeats the place under many names.
const XMP: u16 = 700;
/// The press's metadata, with city and country.
const IPTC: u16 = 0x83bb;
const ORIENTATION: u16 = 0x0112;
/// Folders in a row: the image, its thumbnail; more are no photo.
const FOLDERS: usize = 8;
/// An entry: tag, type, count, value or offset.
const ENTRY: usize = 12;

/// The structure around bytes that can be changed.
struct Tiff<'a> {
    bytes: &'a mut [u8],
    little: bool,
}

/// Takes GPS, XMP and IPTC out of it; `None` when it is no such structure.
pub(super) fn blank_place(bytes: &mut [u8]) -> Option<()> {
    let mut tiff = Tiff::new(bytes)?;
    for folder in tiff.folders() {
        for tag in [GPS, XMP, IPTC] {
            while let Some(entry) = tiff.entry(folder, tag) {
                tiff.take_out(folder, entry)?;
            }
        }
    }
    Some(())
}

/// Says that the pixels lie as they are shown.
pub(super) fn set_upright(bytes: &mut [u8]) -> Option<()> {
    let tiff = Tiff::new(bytes)?;
    let folder = tiff.folders().first().copied()?;
    if let Some(entry) = tiff.entry(folder, ORIENTATION) {
        let upright = if tiff.little { [1, 0] } else { [0, 1] };
        tiff.bytes.get_mut(entry + 8..entry + 10)?.copy_from_slice(&upright);
    }
    Some(())
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a mut [u8]) -> Option<Self> {
        let little = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Self { bytes, little })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let value = if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(value).ok()
    }

    /// Where the folders in a row lie.
    fn folders(&self) -> Vec<usize> {
        let mut folders = Vec::new();
        let mut next = self.long(4);
        while let Some(folder) = next.filter(|folder| *folder != 0 && !folders.contains(folder)) {
            if folders.len() == FOLDERS || self.short(folder).is_none() {
                break;
            }
            folders.push(folder);
            next = self.end(folder).and_then(|end| self.long(end));
        }
        folders
    }

    /// Behind the last entry.
    fn end(&self, folder: usize) -> Option<usize> {
        let count = usize::from(self.short(folder)?);
        folder.checked_add(2 + count * ENTRY)
    }

    fn entry(&self, folder: usize, tag: u16) -> Option<usize> {
        let end = self.end(folder)?;
        (folder + 2..end).step_by(ENTRY).find(|entry| self.short(*entry) == Some(tag))
    }

    /// Where the value of an entry lies, if not in the entry itself.
    fn value(&self, entry: usize) -> Option<std::ops::Range<usize>> {
        let size = match self.short(entry + 2)? {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = self.long(entry + 4)?.checked_mul(size)?;
        let start = self.long(entry + 8)?;
        (length > 4).then(|| start..start.saturating_add(length))
    }

    fn blank(&mut self, range: std::ops::Range<usize>) {
        let range = range.start.min(self.bytes.len())..range.end.min(self.bytes.len());
        self.bytes[range].fill(0);
    }

    /// Blanks what an entry points to and closes the gap that it leaves.
    fn take_out(&mut self, folder: usize, entry: usize) -> Option<()> {
        if self.short(entry) == Some(GPS) {
            self.blank_folder(self.long(entry + 8)?);
        } else if let Some(value) = self.value(entry) {
            self.blank(value);
        }
        let count = self.short(folder)?.checked_sub(1)?;
        // The pointer to the next folder moves up with the entries behind this one.
        let end = self.end(folder)?.checked_add(4)?.min(self.bytes.len());
        let rest = entry + ENTRY;
        if rest > end {
            return None;
        }
        self.bytes.copy_within(rest..end, entry);
        self.blank(end - ENTRY..end);
        let count = if self.little { count.to_le_bytes() } else { count.to_be_bytes() };
        self.bytes.get_mut(folder..folder + 2)?.copy_from_slice(&count);
        Some(())
    }

    /// Blanks a folder with all its values.
    fn blank_folder(&mut self, folder: usize) {
        let Some(end) = self.end(folder) else { return };
        let values: Vec<_> = (folder + 2..end).step_by(ENTRY).filter_map(|entry| self.value(entry)).collect();
        values.into_iter().for_each(|value| self.blank(value));
        self.blank(folder..end.saturating_add(4));
    }
}
