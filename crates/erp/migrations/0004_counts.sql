-- Counts of places, approvals, and what was done about exceptions.

-- The operator that a token stands for; '' = a program, or nobody in particular.
ALTER TABLE admin_token ADD COLUMN operator {text} NOT NULL DEFAULT '';

-- One count of a place by one person. base_pos: the position of the warehouse stream that the device
-- had at its beginning; -1 = not known. epoch, seq: its CountStarted; submit_…: its CountSubmitted.
-- recount_line: the task line that asks for it to be counted again. exception: what was opened over it.
CREATE TABLE stock_count (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, task {text} NOT NULL, line {text} NOT NULL,
  location {text} NOT NULL, item {text} NOT NULL, operator {text} NOT NULL, device {text} NOT NULL,
  epoch {int} NOT NULL, seq {int} NOT NULL, base_pos {int} NOT NULL, round {int} NOT NULL,
  state {text} NOT NULL, started_ms {int} NOT NULL, submitted_ms {int} NOT NULL, submit_epoch {int} NOT NULL,
  submit_seq {int} NOT NULL, recount_line {text} NOT NULL, exception {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX stock_count_place ON stock_count (warehouse_id, location, state);
CREATE INDEX stock_count_line ON stock_count (warehouse_id, line);
CREATE INDEX stock_count_recount ON stock_count (warehouse_id, recount_line) WHERE recount_line <> '';

-- What was scanned; every row is one Counted. undone: taken back by a later fact.
CREATE TABLE count_scan (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  count_id {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL,
  handling_unit {text} NOT NULL, qty {int} NOT NULL CHECK (qty >= 0), undone {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE INDEX count_scan_count ON count_scan (warehouse_id, count_id);

-- What a submitted count came to: its variance is counted - book.
CREATE TABLE count_line (
  warehouse_id {int} NOT NULL, count_id {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL,
  serial {text} NOT NULL, handling_unit {text} NOT NULL, book {int} NOT NULL, counted {int} NOT NULL,
  PRIMARY KEY (warehouse_id, count_id, item, lot, serial, handling_unit)
) {strict};

-- The book at a cursor is the balance of a place minus the moves there after it.
CREATE INDEX move_from ON move (warehouse_id, from_loc, pos);
CREATE INDEX move_to ON move (warehouse_id, to_loc, pos);

-- Decisions that wait for somebody. subject: for VARIANCE the count. amount_minor: what it is about.
CREATE TABLE approval (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, kind {text} NOT NULL, exception {text} NOT NULL,
  subject {text} NOT NULL, operator {text} NOT NULL, amount_minor {int} NOT NULL, state {text} NOT NULL,
  asked_ms {int} NOT NULL, decided_ms {int} NOT NULL, decided_by {text} NOT NULL, role {text} NOT NULL,
  note {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX approval_asked ON approval (warehouse_id, asked_ms, id);
CREATE INDEX approval_exception ON approval (warehouse_id, exception, asked_ms, id);

-- Everything that was ever done about an exception; rows are added, never changed.
CREATE TABLE exception_event (
  warehouse_id {int} NOT NULL, exception {text} NOT NULL, n {int} NOT NULL, event {text} NOT NULL,
  at_ms {int} NOT NULL, by_name {text} NOT NULL, operator {text} NOT NULL, owner {text} NOT NULL,
  note {text} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, exception, n)
) {strict};

-- Decisions that supervisors gave on devices. Each backs one fact of its aggregate; used_seq 0 = none yet.
CREATE TABLE granted (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  by_operator {text} NOT NULL, decision {text} NOT NULL, subject {text} NOT NULL, item {text} NOT NULL,
  qty {int} NOT NULL, used_epoch {int} NOT NULL, used_seq {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE INDEX granted_subject ON granted (warehouse_id, device, subject);
