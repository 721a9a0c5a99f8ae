-- {int}, {text}, {blob} and {strict} are filled in by src/db/dialect.rs.
-- warehouse_id leads every key; 0 stands for master data that all warehouses share.
-- No column holds NULL: '' and 0 mean "none". A column never changes its meaning.

CREATE TABLE core_meta (
  k {text} NOT NULL, v {text} NOT NULL,
  PRIMARY KEY (k)
) {strict};

CREATE TABLE warehouse (
  warehouse_id {int} NOT NULL, name {text} NOT NULL,
  PRIMARY KEY (warehouse_id)
) {strict};

CREATE TABLE setting (
  warehouse_id {int} NOT NULL, k {text} NOT NULL, v {text} NOT NULL,
  PRIMARY KEY (warehouse_id, k)
) {strict};

CREATE TABLE station (
  warehouse_id {int} NOT NULL, name {text} NOT NULL, profile {text} NOT NULL, device {text} NOT NULL,
  PRIMARY KEY (warehouse_id, name)
) {strict};

-- Master data ---------------------------------------------------------------------------------

CREATE TABLE item (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, name {text} NOT NULL, variant {text} NOT NULL,
  size {text} NOT NULL, class {text} NOT NULL, lot_tracked {int} NOT NULL, serial_tracked {int} NOT NULL,
  expiry_tracked {int} NOT NULL, weight_grams {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

CREATE TABLE barcode (
  warehouse_id {int} NOT NULL, code {text} NOT NULL, item {text} NOT NULL,
  qty {int} NOT NULL CHECK (qty > 0), unit {text} NOT NULL,
  PRIMARY KEY (warehouse_id, code)
) {strict};
CREATE INDEX barcode_item ON barcode (warehouse_id, item);

CREATE TABLE location (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, code {text} NOT NULL, kind {text} NOT NULL,
  zone {text} NOT NULL, sequence {int} NOT NULL, aisle {text} NOT NULL, bay {text} NOT NULL,
  shelf {text} NOT NULL, level {int} NOT NULL, levels {int} NOT NULL, place {int} NOT NULL,
  places {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

CREATE TABLE lot (
  warehouse_id {int} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL, expiry {text} NOT NULL,
  PRIMARY KEY (warehouse_id, item, lot)
) {strict};

CREATE TABLE handling_unit (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, kind {text} NOT NULL, location {text} NOT NULL,
  order_id {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

CREATE TABLE operator (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, name {text} NOT NULL, badge_hash {text} NOT NULL,
  pin_phc {text} NOT NULL, roles {text} NOT NULL, valid_to_ms {int} NOT NULL, language {text} NOT NULL,
  state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE UNIQUE INDEX operator_badge ON operator (warehouse_id, badge_hash);

-- Orders --------------------------------------------------------------------------------------

CREATE TABLE customer_order (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, reference {text} NOT NULL, customer {text} NOT NULL,
  priority {int} NOT NULL, cutoff_ms {int} NOT NULL, state {text} NOT NULL, created_ms {int} NOT NULL,
  body {text} NOT NULL, body_hash {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX customer_order_state ON customer_order (warehouse_id, state, priority, cutoff_ms);

-- qty = allocated + picked + backordered + what is not decided yet, as long as nobody over-picks.
-- short counts every unit that was ever declared missing; it is for reading, not for sums.
CREATE TABLE order_line (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, line_no {int} NOT NULL,
  item {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0), allocated {int} NOT NULL,
  picked {int} NOT NULL, short {int} NOT NULL, backordered {int} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX order_line_order ON order_line (warehouse_id, order_id, line_no);
CREATE INDEX order_line_item ON order_line (warehouse_id, item, state);

-- A promise of stock to an order line; the stock itself stays available where it is.
CREATE TABLE allocation (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, order_id {text} NOT NULL, order_line {text} NOT NULL,
  location {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL,
  handling_unit {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0), task {text} NOT NULL,
  task_line {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX allocation_stock ON allocation (warehouse_id, item, location);
CREATE INDEX allocation_line ON allocation (warehouse_id, order_line);
CREATE INDEX allocation_task_line ON allocation (warehouse_id, task_line);

-- Tasks ---------------------------------------------------------------------------------------

CREATE TABLE task (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, kind {text} NOT NULL, mode {text} NOT NULL,
  priority {int} NOT NULL, cutoff_ms {int} NOT NULL, zone {text} NOT NULL, state {text} NOT NULL,
  holder {text} NOT NULL, device {text} NOT NULL, lines {int} NOT NULL, drop_off {text} NOT NULL,
  released_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX task_state ON task (warehouse_id, state, id);

CREATE TABLE task_slot (
  warehouse_id {int} NOT NULL, task {text} NOT NULL, slot {int} NOT NULL, order_id {text} NOT NULL,
  tote {text} NOT NULL,
  PRIMARY KEY (warehouse_id, task, slot)
) {strict};

-- Every tote that a task ever filled: on-cart, closed (full, another took its slot) or dropped.
CREATE TABLE task_tote (
  warehouse_id {int} NOT NULL, task {text} NOT NULL, tote {text} NOT NULL, slot {int} NOT NULL,
  order_id {text} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, task, tote)
) {strict};

CREATE TABLE task_line (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, task {text} NOT NULL, seq {int} NOT NULL,
  order_id {text} NOT NULL, order_line {text} NOT NULL, slot {int} NOT NULL, location {text} NOT NULL,
  item {text} NOT NULL, lot {text} NOT NULL, serial {text} NOT NULL, handling_unit {text} NOT NULL,
  qty {int} NOT NULL CHECK (qty > 0), picked {int} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX task_line_task ON task_line (warehouse_id, task, seq);
CREATE INDEX task_line_order ON task_line (warehouse_id, order_id);

CREATE TABLE claim (
  warehouse_id {int} NOT NULL, task {text} NOT NULL, id {text} NOT NULL, device {text} NOT NULL,
  operator {text} NOT NULL, expires_at {int} NOT NULL,
  PRIMARY KEY (warehouse_id, task)
) {strict};

-- Ledger --------------------------------------------------------------------------------------

-- pos is the position of the warehouse stream at which the move became visible, so that the book
-- at a cursor is the balance minus the moves after it.
CREATE TABLE move (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, pos {int} NOT NULL, item {text} NOT NULL,
  lot {text} NOT NULL, serial {text} NOT NULL, qty {int} NOT NULL CHECK (qty > 0),
  from_loc {text} NOT NULL, to_loc {text} NOT NULL, from_hu {text} NOT NULL, to_hu {text} NOT NULL,
  from_status {text} NOT NULL, to_status {text} NOT NULL, reason {text} NOT NULL,
  src_device {text} NOT NULL, src_epoch {int} NOT NULL, src_seq {int} NOT NULL, n {int} NOT NULL,
  at_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE UNIQUE INDEX move_src ON move (warehouse_id, src_device, src_epoch, src_seq, n);
CREATE INDEX move_pos ON move (warehouse_id, pos);

-- Derived from move, virtual locations included; no row where the quantity is 0.
CREATE TABLE balance (
  warehouse_id {int} NOT NULL, location {text} NOT NULL, item {text} NOT NULL, lot {text} NOT NULL,
  serial {text} NOT NULL, handling_unit {text} NOT NULL, status {text} NOT NULL, qty {int} NOT NULL,
  PRIMARY KEY (warehouse_id, location, item, lot, serial, handling_unit, status)
) {strict};
CREATE INDEX balance_item ON balance (warehouse_id, item, location);
CREATE INDEX balance_hu ON balance (warehouse_id, handling_unit);

-- Devices and access --------------------------------------------------------------------------

CREATE TABLE device (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, pubkey {text} NOT NULL, state {text} NOT NULL,
  epoch {int} NOT NULL, app {text} NOT NULL, model {text} NOT NULL, hw_serial {text} NOT NULL,
  station {text} NOT NULL, profile {text} NOT NULL, cursor {text} NOT NULL, last_seen {int} NOT NULL,
  revoked_at {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

CREATE TABLE device_epoch (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, last_seq {int} NOT NULL,
  last_hash {text} NOT NULL, state {text} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch)
) {strict};

-- Secrets are kept as hashes only.
CREATE TABLE enrol_code (
  warehouse_id {int} NOT NULL, code_hash {text} NOT NULL, station {text} NOT NULL,
  profile {text} NOT NULL, expires_ms {int} NOT NULL, used_ms {int} NOT NULL, device {text} NOT NULL,
  PRIMARY KEY (warehouse_id, code_hash)
) {strict};

CREATE TABLE nonce (
  warehouse_id {int} NOT NULL, nonce_hash {text} NOT NULL, expires_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, nonce_hash)
) {strict};

CREATE TABLE token (
  warehouse_id {int} NOT NULL, token_hash {text} NOT NULL, device {text} NOT NULL, scope {text} NOT NULL,
  expires_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, token_hash)
) {strict};
CREATE INDEX token_by_hash ON token (token_hash);

CREATE TABLE admin_token (
  warehouse_id {int} NOT NULL, token_hash {text} NOT NULL, name {text} NOT NULL, role {text} NOT NULL,
  created_ms {int} NOT NULL, revoked_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, token_hash)
) {strict};

-- Facts ---------------------------------------------------------------------------------------

-- Inbox, audit and dedupe in one; never pruned. bytes is the canonical form that hash covers. was_…
-- is the pair a re-numbered fact had before.
CREATE TABLE fact_log (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  id {text} NOT NULL, dup_of {text} NOT NULL, type {text} NOT NULL, v {int} NOT NULL, agg {text} NOT NULL,
  bytes {blob} NOT NULL, prev {text} NOT NULL, hash {text} NOT NULL, received_at {int} NOT NULL,
  occurred_at {int} NOT NULL, time_quality {text} NOT NULL, operator {text} NOT NULL,
  outcome {text} NOT NULL, code {text} NOT NULL, ref {text} NOT NULL, undone {int} NOT NULL,
  was_epoch {int} NOT NULL, was_seq {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE UNIQUE INDEX fact_log_id ON fact_log (warehouse_id, id) WHERE dup_of = '';
CREATE INDEX fact_log_dup ON fact_log (warehouse_id, dup_of) WHERE dup_of <> '';
CREATE INDEX fact_log_was ON fact_log (warehouse_id, device, was_epoch, was_seq) WHERE was_epoch > 0;
CREATE INDEX fact_log_received ON fact_log (warehouse_id, received_at, device, epoch, seq);

CREATE TABLE fact_quarantine (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  hash {text} NOT NULL, bytes {blob} NOT NULL, reason {text} NOT NULL, received_at {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq, hash)
) {strict};

CREATE TABLE parked (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  agg {text} NOT NULL, code {text} NOT NULL, detail {text} NOT NULL, tries {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch, seq)
) {strict};
CREATE INDEX parked_agg ON parked (warehouse_id, device, agg);

CREATE TABLE exception (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, kind {text} NOT NULL, fact_device {text} NOT NULL,
  fact_epoch {int} NOT NULL, fact_seq {int} NOT NULL, fact_type {text} NOT NULL, subject {text} NOT NULL,
  detail {text} NOT NULL, at_ms {int} NOT NULL, state {text} NOT NULL, owner {text} NOT NULL,
  resolution {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};
CREATE INDEX exception_state ON exception (warehouse_id, state, at_ms, id);

-- Writes that are no facts carry an id chosen by the caller; the answer to it is kept here.
CREATE TABLE request_log (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, kind {text} NOT NULL, body_hash {text} NOT NULL,
  response {text} NOT NULL, created_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

CREATE TABLE adapter_queue (
  warehouse_id {int} NOT NULL, id {text} NOT NULL, adapter {text} NOT NULL, fact_ref {text} NOT NULL,
  state {text} NOT NULL, tries {int} NOT NULL, next_at {int} NOT NULL, remote_ref {text} NOT NULL,
  PRIMARY KEY (warehouse_id, id)
) {strict};

-- Feed ----------------------------------------------------------------------------------------

-- live and sum (64 bits, as a signed number) cover the rows that are not deleted.
CREATE TABLE stream_head (
  warehouse_id {int} NOT NULL, stream {text} NOT NULL, pos {int} NOT NULL, live {int} NOT NULL,
  sum {int} NOT NULL,
  PRIMARY KEY (warehouse_id, stream)
) {strict};

CREATE TABLE feed_row (
  warehouse_id {int} NOT NULL, stream {text} NOT NULL, kind {text} NOT NULL, id {text} NOT NULL,
  pos {int} NOT NULL, deleted {int} NOT NULL, body {text} NOT NULL, changed_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, stream, kind, id)
) {strict};
CREATE UNIQUE INDEX feed_row_pos ON feed_row (warehouse_id, stream, pos);
