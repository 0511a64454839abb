"""Problems 80-89 of "NLP 100 Exercise 2020", chapter 9."""
