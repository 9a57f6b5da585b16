//! Pages of a PDF, drawn within limits.

use form_intake::page::{PDF_BYTES, PREVIEW_PIXELS, PageFault, count, preview};

use crate::made;

#[test]
fn a_page_is_drawn_as_it_would_be_printed() {
    let pdf = made::pdf(&["1 0 0", "0 0 1"]);
    assert_eq!(count(pdf.clone()), Ok(2));
    for (page, colour) in [[255, 0, 0], [0, 0, 255]].into_iter().enumerate() {
        let png = preview(pdf.clone(), page).unwrap();
        let picture = image::load_from_memory_with_format(&png, image::ImageFormat::Png).unwrap().into_rgb8();
        assert_eq!(picture.height(), u32::from(PREVIEW_PIXELS));
        assert_eq!(picture.get_pixel(400, 1_000).0, colour, "page {page}");
        assert_eq!(picture.get_pixel(400, 100).0, [255; 3], "paper is white");
    }
    assert_eq!(preview(pdf, 2), Err(PageFault::NoPage));
}

#[test]
fn what_is_no_pdf_or_too_large_has_no_page() {
    assert_eq!(count(b"%PDF-1.7 nothing".to_vec()), Err(PageFault::NoPdf));
    assert_eq!(count(vec![0; PDF_BYTES + 1]), Err(PageFault::TooLarge));
}

#[test]
fn a_page_without_size_or_of_a_mile_is_not_drawn_at_its_size() {
    for media_box in ["0 0 0 0", "0 0 1e30 1e30", "0 0 1 100000", "0 0 14400 14400"] {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [{media_box}] /Resources << >> >>"),
        ];
        if let Ok(png) = preview(made::pdf_of(&objects), 0) {
            let picture = image::load_from_memory(&png).unwrap();
            assert!(picture.width().max(picture.height()) <= u32::from(PREVIEW_PIXELS), "{media_box}");
        }
    }
}

#[test]
fn a_page_that_calls_itself_for_ever_ends() {
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >> /Length 5 >>\nstream\n/F Do\nendstream";
    let contents = "<< /Length 11 >>\nstream\n/F Do /F Do\nendstream";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 5 0 R /Resources << /XObject << /F 4 0 R >> >> >>",
        form,
        contents,
    ];
    let drawn = preview(made::pdf_of(&objects.map(str::to_owned)), 0);
    assert!(matches!(drawn, Ok(_) | Err(PageFault::NoPage)), "{drawn:?}");
}
