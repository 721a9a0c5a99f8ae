//! Machines made of folders.

use super::readers::types_codes;
use super::*;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A machine with these files; a text `-> x` makes a link to `x`.
fn machine(files: &[(&str, &str)]) -> (TempDir, Config) {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.strip_prefix("-> ") {
            Some(target) => symlink(target.replace('~', root.path().to_str().unwrap()), path).unwrap(),
            None => std::fs::write(path, text).unwrap(),
        }
    }
    let may_use = |path: &Path| !std::fs::read_to_string(path).unwrap_or_default().contains("denied");
    let config = Config { root: root.path().to_owned(), may_use, ..Config::default() };
    (root, config)
}

fn check(files: &[(&str, &str)], area: Area, expected: &[(&str, State, &str, &str, Option<Advice>)]) {
    let (_root, config) = machine(files);
    let found = probe(&config);
    let of_area: Vec<_> = found.iter().filter(|finding| finding.area == area).collect();
    let short: Vec<_> = of_area
        .iter()
        .map(|finding| (finding.name.as_str(), finding.state, finding.code, finding.detail.as_str(), finding.advice))
        .collect();
    assert_eq!(short, expected, "{files:?}");
}

const KEYS: &str = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

#[test]
fn serial_readers() {
    let name = "/dev/serial/by-id/usb-Honeywell_1900-if00";
    let link = ("dev/serial/by-id/usb-Honeywell_1900-if00", "-> ../../ttyACM0");
    let manager = ("proc/77/comm", "ModemManager\n");
    let (tty, number) = (("dev/ttyACM0", ""), ("sys/class/tty/ttyACM0/dev", "166:0\n"));
    check(&[tty, link], Area::Readers, &[(name, State::Ok, "reader-serial", "/dev/ttyACM0", None)]);
    check(
        &[("dev/ttyUSB3", "denied")],
        Area::Readers,
        &[("/dev/ttyUSB3", State::Fail, "reader-denied", "/dev/ttyUSB3", Some(Advice::JoinGroup))],
    );
    check(
        &[tty, number, manager],
        Area::Readers,
        &[("/dev/ttyACM0", State::Warn, "reader-modem-manager", "/dev/ttyACM0", Some(Advice::InstallRules))],
    );
    let ignored = ("run/udev/data/c166:0", "E:ID_BUS=usb\nE:ID_MM_DEVICE_IGNORE=1\n");
    check(
        &[tty, number, manager, ignored],
        Area::Readers,
        &[("/dev/ttyACM0", State::Ok, "reader-serial", "/dev/ttyACM0", None)],
    );
    let fd = ("proc/77/fd/5", "-> ~/dev/ttyACM0");
    for (comm, state, code, advice) in [
        ("ModemManager", State::Fail, "reader-held", Some(Advice::InstallRules)),
        ("minicom", State::Fail, "reader-held", Some(Advice::EndHolder)),
        ("floorhand", State::Ok, "reader-in-use", None),
    ] {
        let detail = format!("/dev/ttyACM0 {comm} (77)");
        check(&[tty, fd, ("proc/77/comm", comm)], Area::Readers, &[("/dev/ttyACM0", state, code, &detail, advice)]);
    }
}

#[test]
fn readers_that_type_and_none_at_all() {
    check(
        &[
            ("dev/input/event0", ""),
            ("sys/class/input/event0/device/name", "Power Button\n"),
            ("sys/class/input/event0/device/capabilities/key", "10000000000000 0\n"),
            ("dev/input/event2", ""),
            ("sys/class/input/event2/device/name", "AT Keyboard\n"),
            ("sys/class/input/event2/device/capabilities/key", KEYS),
            ("dev/input/event10", "denied"),
            ("sys/class/input/event10/device/name", "NETUM Barcode Scanner\n"),
        ],
        Area::Readers,
        &[
            ("/dev/input/event2", State::Ok, "keyboard", "AT Keyboard", Some(Advice::NameReader)),
            ("/dev/input/event10", State::Fail, "reader-denied", "NETUM Barcode Scanner", Some(Advice::JoinGroup)),
        ],
    );
    check(&[], Area::Readers, &[("", State::Absent, "reader-none", "", Some(Advice::PlugIn))]);
    let (_root, mut config) = machine(&[("dev/ttyACM0", "")]);
    config.readers = vec!["/dev/ttyACM0".into(), "/dev/ttyACM7".into()];
    let missing: Vec<_> = probe(&config).into_iter().filter(|finding| finding.code == "reader-missing").collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].name, "/dev/ttyACM7");
    assert!(types_codes(KEYS) && !types_codes("") && !types_codes("x") && !types_codes("0"));
}

#[test]
fn cameras_chips_and_cards() {
    check(
        &[
            ("dev/video0", ""),
            ("sys/class/video4linux/video0/name", "UVC Camera"),
            ("sys/class/video4linux/video0/index", "0"),
            ("dev/video1", ""),
            ("sys/class/video4linux/video1/index", "1"),
            ("dev/video2", "denied"),
            ("sys/class/video4linux/video2/dev", "81:2"),
            ("run/udev/data/c81:2", "E:ID_V4L_CAPABILITIES=:capture:\n"),
            ("dev/video3", ""),
            ("sys/class/video4linux/video3/dev", "81:3"),
            ("run/udev/data/c81:3", "E:ID_V4L_CAPABILITIES=:\n"),
        ],
        Area::Camera,
        &[
            ("/dev/video0", State::Ok, "camera-found", "UVC Camera", None),
            ("/dev/video2", State::Fail, "camera-denied", "", Some(Advice::JoinGroup)),
        ],
    );
    check(&[], Area::Camera, &[("", State::Absent, "camera-none", "", None)]);
    check(
        &[("dev/gpiochip0", ""), ("dev/gpiochip1", "denied")],
        Area::Gpio,
        &[
            ("/dev/gpiochip0", State::Ok, "gpio-chip", "", None),
            ("/dev/gpiochip1", State::Fail, "gpio-denied", "", Some(Advice::JoinGroup)),
        ],
    );
    let cards = ("proc/asound/cards", " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n     more\n");
    let card = "HDA-Intel - HDA Intel PCH";
    check(&[cards, ("dev/snd/pcmC0D0p", "")], Area::Sound, &[(card, State::Ok, "sound-card", "", None)]);
    check(
        &[cards, ("dev/snd/pcmC0D0p", "denied")],
        Area::Sound,
        &[(card, State::Fail, "sound-denied", "", Some(Advice::JoinAudio))],
    );
    // A card that only records.
    check(&[cards, ("dev/snd/pcmC0D0c", "")], Area::Sound, &[("", State::Absent, "sound-none", "", None)]);
}

#[test]
fn what_is_set_up_is_asked() {
    let (_root, mut config) = machine(&[]);
    let quiet = probe(&config);
    assert_eq!(worst(&quiet), State::Absent, "{quiet:?}");
    config.sound = Some(sound::settings::Settings::default());
    config.gpio = Some("gpio:chip=no-such-chip,trigger=T".parse().unwrap());
    config.scale = Some("scale:/nowhere/scale,protocol=nci".parse().unwrap());
    config.printer = Some("zpl:127.0.0.1:1,wait=300".parse().unwrap());
    let found = probe(&config);
    let codes: Vec<_> = found.iter().map(|finding| (finding.code, finding.advice)).collect();
    for expected in [
        ("sound-none", Some(Advice::PlugIn)),
        ("gpio-no-chip", Some(Advice::CheckLines)),
        ("scale-missing", Some(Advice::PlugIn)),
        ("printer-unreachable", Some(Advice::CheckPrinter)),
    ] {
        assert!(codes.contains(&expected), "{expected:?} in {codes:?}");
    }
    assert_eq!(found.iter().filter(|finding| finding.area == Area::Gpio).count(), 1, "no outputs are set up");
    assert_eq!(worst(&found), State::Fail);
}

#[test]
fn findings_are_text_and_json() {
    let finding = Finding::new(Area::Gpio, "trigger", State::Fail, "gpio-busy").detail("x\u{1b}[2J");
    let finding = finding.advice(Advice::EndHolder);
    let page = text::render(std::slice::from_ref(&finding));
    assert_eq!(
        page,
        format!("GPIO\n  FAIL    trigger  gpio-busy  x?[2J\n          {}\n", text::advice(Advice::EndHolder))
    );
    let json = serde_json::to_string(&finding).unwrap();
    assert_eq!(
        json,
        r#"{"area":"gpio","name":"trigger","state":"fail","code":"gpio-busy","detail":"x\u001b[2J","advice":"end-holder"}"#
    );
    assert!(text::advice(Advice::JoinGroup).contains(text::RULES));
}

/// The machine the tests run on, whatever it is: no panic, every area said something.
#[test]
fn this_machine() {
    let found = probe(&Config::default());
    for area in [Area::Readers, Area::Camera, Area::Gpio, Area::Sound, Area::Scale, Area::Printer] {
        assert!(found.iter().any(|finding| finding.area == area), "{area:?}");
    }
}
