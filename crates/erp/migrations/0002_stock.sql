-- What receiving, put-away and counting need to know about items, places and handling units.

ALTER TABLE item ADD COLUMN abc {text} NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN value_minor {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN min_shelf_days {int} NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN decimals {int} NOT NULL DEFAULT 0;

-- item_class, fixed_item: '' = any, none. capacity: units, 0 = no limit.
ALTER TABLE location ADD COLUMN status {text} NOT NULL DEFAULT 'available';
ALTER TABLE location ADD COLUMN capacity {int} NOT NULL DEFAULT 0;
ALTER TABLE location ADD COLUMN mixing {text} NOT NULL DEFAULT 'any';
ALTER TABLE location ADD COLUMN item_class {text} NOT NULL DEFAULT '';
ALTER TABLE location ADD COLUMN fixed_item {text} NOT NULL DEFAULT '';
CREATE INDEX location_fixed ON location (warehouse_id, fixed_item) WHERE fixed_item <> '';

ALTER TABLE handling_unit ADD COLUMN parent {text} NOT NULL DEFAULT '';
ALTER TABLE handling_unit ADD COLUMN delivery {text} NOT NULL DEFAULT '';
ALTER TABLE handling_unit ADD COLUMN sealed {int} NOT NULL DEFAULT 0;
CREATE INDEX handling_unit_parent ON handling_unit (warehouse_id, parent) WHERE parent <> '';

-- What a line of a put-away, move or count asks for, as JSON; '' = nothing beside its columns.
ALTER TABLE task_line ADD COLUMN plan {text} NOT NULL DEFAULT '';
CREATE INDEX task_line_location ON task_line (warehouse_id, location, state);

-- lease_until_ms: of the claim, 0 = none. left_by: who left it unfinished, '' = nobody.
ALTER TABLE task ADD COLUMN lease_until_ms {int} NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN left_by {text} NOT NULL DEFAULT '';
