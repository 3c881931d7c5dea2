// Empty: what the precompiled headers of the tests are made by.
