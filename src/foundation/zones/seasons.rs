//! When summer is in a zone, by the latitude of its place in the tz database's file `zone.tab` (2026f).

/// How warmth goes through the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seasons {
    /// Summer is in July. Zones without a place, as UTC, are taken for northern ones: most people live there.
    Northern,
    /// Summer is in January.
    Southern,
    /// Between the tropics, no month is summer.
    Tropical,
}

/// Those of the zone of a name.
pub fn of(name: &str) -> Seasons {
    if SOUTHERN.binary_search(&name).is_ok() {
        Seasons::Southern
    } else if TROPICAL.binary_search(&name).is_ok() {
        Seasons::Tropical
    } else {
        Seasons::Northern
    }
}

/// South of 23.44° S, in order.
#[rustfmt::skip]
const SOUTHERN: [&str; 51] = [
    "Africa/Gaborone", "Africa/Johannesburg", "Africa/Maputo", "Africa/Maseru", "Africa/Mbabane",
    "America/Argentina/Buenos_Aires", "America/Argentina/Catamarca", "America/Argentina/Cordoba",
    "America/Argentina/Jujuy", "America/Argentina/La_Rioja", "America/Argentina/Mendoza",
    "America/Argentina/Rio_Gallegos", "America/Argentina/Salta", "America/Argentina/San_Juan",
    "America/Argentina/San_Luis", "America/Argentina/Tucuman", "America/Argentina/Ushuaia", "America/Asuncion",
    "America/Coyhaique", "America/Montevideo", "America/Punta_Arenas", "America/Santiago", "America/Sao_Paulo",
    "Antarctica/Casey", "Antarctica/Davis", "Antarctica/DumontDUrville", "Antarctica/Macquarie",
    "Antarctica/Mawson", "Antarctica/McMurdo", "Antarctica/Palmer", "Antarctica/Rothera", "Antarctica/Syowa",
    "Antarctica/Troll", "Antarctica/Vostok", "Atlantic/South_Georgia", "Atlantic/Stanley", "Australia/Adelaide",
    "Australia/Brisbane", "Australia/Broken_Hill", "Australia/Eucla", "Australia/Hobart", "Australia/Lord_Howe",
    "Australia/Melbourne", "Australia/Perth", "Australia/Sydney", "Indian/Kerguelen", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Easter", "Pacific/Norfolk", "Pacific/Pitcairn",
];

/// Between there and 23.44° N, in order.
#[rustfmt::skip]
const TROPICAL: [&str; 168] = [
    "Africa/Abidjan", "Africa/Accra", "Africa/Addis_Ababa", "Africa/Asmara", "Africa/Bamako", "Africa/Bangui",
    "Africa/Banjul", "Africa/Bissau", "Africa/Blantyre", "Africa/Brazzaville", "Africa/Bujumbura",
    "Africa/Conakry", "Africa/Dakar", "Africa/Dar_es_Salaam", "Africa/Djibouti", "Africa/Douala",
    "Africa/Freetown", "Africa/Harare", "Africa/Juba", "Africa/Kampala", "Africa/Khartoum", "Africa/Kigali",
    "Africa/Kinshasa", "Africa/Lagos", "Africa/Libreville", "Africa/Lome", "Africa/Luanda", "Africa/Lubumbashi",
    "Africa/Lusaka", "Africa/Malabo", "Africa/Mogadishu", "Africa/Monrovia", "Africa/Nairobi", "Africa/Ndjamena",
    "Africa/Niamey", "Africa/Nouakchott", "Africa/Ouagadougou", "Africa/Porto-Novo", "Africa/Sao_Tome",
    "Africa/Windhoek", "America/Anguilla", "America/Antigua", "America/Araguaina", "America/Aruba",
    "America/Bahia", "America/Bahia_Banderas", "America/Barbados", "America/Belem", "America/Belize",
    "America/Boa_Vista", "America/Bogota", "America/Campo_Grande", "America/Cancun", "America/Caracas",
    "America/Cayenne", "America/Cayman", "America/Costa_Rica", "America/Cuiaba", "America/Curacao",
    "America/Dominica", "America/Eirunepe", "America/El_Salvador", "America/Fortaleza", "America/Grand_Turk",
    "America/Grenada", "America/Guadeloupe", "America/Guatemala", "America/Guayaquil", "America/Guyana",
    "America/Havana", "America/Jamaica", "America/Kralendijk", "America/La_Paz", "America/Lima",
    "America/Lower_Princes", "America/Maceio", "America/Managua", "America/Manaus", "America/Marigot",
    "America/Martinique", "America/Mazatlan", "America/Merida", "America/Mexico_City", "America/Montserrat",
    "America/Noronha", "America/Panama", "America/Paramaribo", "America/Port-au-Prince", "America/Port_of_Spain",
    "America/Porto_Velho", "America/Puerto_Rico", "America/Recife", "America/Rio_Branco", "America/Santarem",
    "America/Santo_Domingo", "America/St_Barthelemy", "America/St_Kitts", "America/St_Lucia", "America/St_Thomas",
    "America/St_Vincent", "America/Tegucigalpa", "America/Tortola", "Asia/Aden", "Asia/Bangkok", "Asia/Brunei",
    "Asia/Colombo", "Asia/Dili", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jayapura",
    "Asia/Kolkata", "Asia/Kuala_Lumpur", "Asia/Kuching", "Asia/Macau", "Asia/Makassar", "Asia/Manila",
    "Asia/Phnom_Penh", "Asia/Pontianak", "Asia/Singapore", "Asia/Vientiane", "Asia/Yangon", "Atlantic/Cape_Verde",
    "Atlantic/St_Helena", "Australia/Darwin", "Australia/Lindeman", "Indian/Antananarivo", "Indian/Chagos",
    "Indian/Christmas", "Indian/Cocos", "Indian/Comoro", "Indian/Mahe", "Indian/Maldives", "Indian/Mauritius",
    "Indian/Mayotte", "Indian/Reunion", "Pacific/Apia", "Pacific/Bougainville", "Pacific/Chuuk", "Pacific/Efate",
    "Pacific/Fakaofo", "Pacific/Fiji", "Pacific/Funafuti", "Pacific/Galapagos", "Pacific/Gambier",
    "Pacific/Guadalcanal", "Pacific/Guam", "Pacific/Honolulu", "Pacific/Kanton", "Pacific/Kiritimati",
    "Pacific/Kosrae", "Pacific/Kwajalein", "Pacific/Majuro", "Pacific/Marquesas", "Pacific/Nauru", "Pacific/Niue",
    "Pacific/Noumea", "Pacific/Pago_Pago", "Pacific/Palau", "Pacific/Pohnpei", "Pacific/Port_Moresby",
    "Pacific/Rarotonga", "Pacific/Saipan", "Pacific/Tahiti", "Pacific/Tarawa", "Pacific/Tongatapu",
    "Pacific/Wake", "Pacific/Wallis",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_is_where_the_sun_is() {
        assert!(SOUTHERN.is_sorted() && TROPICAL.is_sorted());
        assert_eq!(of("Europe/Berlin"), Seasons::Northern);
        assert_eq!(of("Etc/UTC"), Seasons::Northern);
        assert_eq!(of("Pacific/Auckland"), Seasons::Southern);
        assert_eq!(of("Australia/Darwin"), Seasons::Tropical);
        assert_eq!(of("Australia/Sydney"), Seasons::Southern);
        assert_eq!(of("Asia/Singapore"), Seasons::Tropical);
    }
}
