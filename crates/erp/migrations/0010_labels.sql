-- The label that is on a carton: internal, carrier or void; '' = none is known.
ALTER TABLE carton ADD COLUMN label {text} NOT NULL DEFAULT '';
