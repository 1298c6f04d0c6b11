-- How much of a treatment, in the person's words, and which leg it is for.
ALTER TABLE treatments ADD COLUMN dose TEXT CHECK (length(dose) BETWEEN 1 AND 100);
ALTER TABLE treatments ADD COLUMN side TEXT CHECK (side IN ('left', 'right', 'both'));
