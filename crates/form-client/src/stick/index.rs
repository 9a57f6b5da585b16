//! Where the files lie in an exchange file, as it says. Nothing of it is believed before a file's hash was compared.

use std::io::{self, Read, Seek, SeekFrom};

use form_document::bundle::{FILES_MAGIC, FILES_MAX, FileHead};

/// The files that an exchange file says it has.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Each with the place at which its bytes begin. What is cut off is listed all the same.
    pub(crate) files: Vec<(FileHead, u64)>,
    /// What is wrong with the list, in both languages.
    pub(crate) fault: Option<(String, String)>,
}

impl Index {
    fn faulty(chinese: &str, english: &str) -> Self {
        Self { files: Vec::new(), fault: Some((chinese.to_owned(), english.to_owned())) }
    }
}

/// Reads what follows the content. The source stands at the content's end.
///
/// # Errors
/// When the source cannot be read.
pub(crate) fn index(source: &mut (impl Read + Seek)) -> io::Result<Index> {
    let begin = source.stream_position()?;
    let end = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(begin))?;
    if begin == end {
        return Ok(Index::default());
    }
    let mut head = [0; FILES_MAGIC.len() + 4];
    if !filled(source, &mut head)? {
        return Ok(Index::faulty("佐证材料的清单不完整", "its list of evidence is cut off"));
    }
    let [magic @ .., a, b, c, d] = head;
    if magic != FILES_MAGIC {
        return Ok(Index::faulty(
            "佐证材料部分无法识别，可能由更新版本的会签写成",
            "its evidence cannot be read; a newer Huiqian may have written it",
        ));
    }
    let count = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if count > FILES_MAX {
        return Ok(Index::faulty("佐证材料的清单过长", "its list of evidence is too long"));
    }
    let mut index = Index::default();
    // The list may claim more than there is; memory is taken for what came.
    let mut listed = Vec::new();
    source.by_ref().take((count * FileHead::BYTES) as u64).read_to_end(&mut listed)?;
    let mut at = begin + (head.len() + count * FileHead::BYTES) as u64;
    for bytes in listed.as_chunks().0 {
        let head = FileHead::read(bytes);
        index.files.push((head, at));
        at = at.saturating_add(head.size);
    }
    if index.files.len() < count {
        return Ok(Index::faulty("佐证材料的清单不完整", "its list of evidence is cut off"));
    }
    if at < end {
        let more = ("佐证材料之后还有无法识别的内容", "something unknown follows its evidence");
        index.fault = Some((more.0.to_owned(), more.1.to_owned()));
    }
    Ok(index)
}

/// Whether there was enough to fill it.
fn filled(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match source.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
