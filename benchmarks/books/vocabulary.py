"""Words that the generated companies and persons are made of."""


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy "
    "Matthew Betty Anthony Margaret Mark Sandra Donald Ashley Steven Kimberly Paul Emily Andrew "
    "Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Dorothy George Melissa Hans Ingrid "
    "Jürgen Sabine Wolfgang Heike François Chloé Étienne Amélie Luis Núria Giulia Matteo Søren "
    "Åsa Piotr Agnieszka Zoltán Ilona Priya Arjun Fatima Omar Yuki Kenji Mei Wei Olga Dmitri"
)
LAST = _words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez "
    "Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris "
    "Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill "
    "Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Okafor Whitcombe "
    "Müller Schröder Köhler Weiß Jäger Grünwald Dubois Lefèvre Béranger Carvalho Núñez Ibáñez "
    "Esposito Lombardi Ferreira Sørensen Åkesson Lindqvist Kowalczyk Wójcik Horváth Szabó Novák "
    "Dvořák Petrov Ivanova Haddad Rahman Patel Iyer Chaudhry Tanaka Watanabe Zhang Huang Pemberton "
    "Ashdown Brackley Culverhouse Dunmore Eastwell Farthing Godolphin Hathersage Ickford Jessamy"
)
STEM_STARTS = _words(
    "Nor Sil Bra Cal Del Ever Fal Gran Har In Ju Kes Lan Mar Nex Or Pen Quan Ros Sta Tal Ul Ver "
    "Wex Yar Zen Al Bel Cor Dun El Fen Gal Hol Ivo Jor Kil Lor Mon Nim"
)
STEM_ENDS = _words(
    "ton via dex field mere wick stone bridge land vale ford gate well tech tron nova lux mont "
    "ville heim berg stein dale burn worth by ston cliff wood haven port ridge"
)
SYLLABLES = _words(
    "ba be bo da de do fa fi ga go ha he ka ki ko la le li lo ma me mi mo na ne ni no pa pe ra re "
    "ri ro sa se si so ta te ti to va ve vi wa we wi za zo an en in on un ar er or al el ol sh th"
)
CONSONANTS = "bcdfghklmnprstvz"
TRADES = _words(
    "Plumbing Heating Electrical Builders Joinery Roofing Logistics Transport Catering Foods "
    "Bakery Brewing Design Media Print Signs Software Systems Analytics Consulting Advisory "
    "Accountancy Legal Dental Veterinary Pharmacy Optics Fitness Travel Hotels Events Florists "
    "Nurseries Farms Dairy Fisheries Timber Steel Plastics Chemicals Textiles Furniture Interiors "
    "Lighting Security Cleaning Recycling Solar Marine Aviation Motors Tyres Cycles Toys Games "
    "Books Music Films Galleries Training Recruitment Insurance Finance Holdings Properties"
)
TAILS = [*_words("Services Solutions Group Partners International UK Trading"), "& Sons", "& Co"]
STREETS = _words(
    "High Station Church Mill Park Victoria Green Manor Kings Queens York London Bridge Castle "
    "Abbey Orchard Meadow Spring Grange School North South West Chapel Windsor Albert Stanley"
)
WAYS = ("Street", "Road", "Lane", "Avenue", "Close", "Way", "Court", "Drive")
TOWNS = {
    "GB": "Leeds York Bath Derby Exeter Truro Ripon Wells Oxford Bristol Norwich Preston Durham",
    "DE": "München Köln Nürnberg Bremen Leipzig Dresden Essen Lübeck Mainz Ulm Görlitz",
    "FR": "Lyon Orléans Nîmes Besançon Angers Dijon Tours Lille Nantes Rennes",
    "US": "Springfield Dayton Boise Fresno Tulsa Austin Salem Madison Albany Dover",
    "AU": "Perth Cairns Geelong Hobart Ballarat Darwin Bendigo",
    "IE": "Cork Galway Sligo Limerick Tralee",
}
FORMS = {
    "GB": "Ltd Ltd Ltd Limited PLC LLP",
    "DE": "GmbH GmbH AG KG UG",
    "FR": "SARL SAS SA EURL",
    "US": "Inc. LLC Corp. Co.",
    "AU": "Pty|Ltd",
    "IE": "Ltd DAC",
}
FORM_SPELLINGS = {
    "Ltd": ("Ltd.", "Limited", "LTD", ""),
    "Limited": ("Ltd", "Ltd.", ""),
    "PLC": ("plc", "P.L.C.", ""),
    "GmbH": ("Gmbh", "G.m.b.H.", ""),
    "SARL": ("S.A.R.L.", "Sarl", ""),
    "SAS": ("S.A.S.", ""),
    "SA": ("S.A.", ""),
    "Inc.": ("Inc", "Incorporated", ""),
    "LLC": ("L.L.C.", ""),
    "Corp.": ("Corporation", "Corp", ""),
    "Pty Ltd": ("Pty. Ltd.", "Pty Limited", ""),
}
COUNTRIES = {
    "GB": ("United Kingdom", "UK", "GB", "Great Britain", "England"),
    "DE": ("Germany", "Deutschland", "DE"),
    "FR": ("France", "FR"),
    "US": ("United States", "USA", "US", "United States of America"),
    "AU": ("Australia", "AU"),
    "IE": ("Ireland", "IE"),
}
DIAL = {"GB": "44", "DE": "49", "FR": "33", "US": "1", "AU": "61", "IE": "353"}
FREE = _words("gmail.com hotmail.com yahoo.com outlook.com gmx.de web.de orange.fr btinternet.com")
BOXES = _words("info accounts office sales billing hello contact admin")
SHORT = {
    "Services": "Svcs",
    "International": "Intl",
    "Partners": "Ptnrs",
    "Systems": "Sys",
    "Consulting": "Cons.",
    "Transport": "Trans.",
    "Properties": "Props",
    "Electrical": "Elec.",
    "Solutions": "Solns",
}
