-- The label that is on a carton. relabel: it needs another one before it leaves, as far as the core knows.
ALTER TABLE p_carton ADD COLUMN relabel INTEGER NOT NULL DEFAULT 0;
CREATE INDEX p_carton_relabel ON p_carton(id) WHERE relabel = 1;
ALTER TABLE ov_carton ADD COLUMN label TEXT NOT NULL DEFAULT '';
