"""The way of one photo from the picture to the assessment, and of films and exams, which are several of them."""
