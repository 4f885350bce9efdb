"""The colours of all pictures: few, and never the only thing that tells two things apart."""

# By Okabe and Ito: colour-blind readers tell these apart, and in grey they differ as well.
BLUE, VERMILION, YELLOW = "#0072B2", "#D55E00", "#F0E442"
INK, SOFT, LINE, GRID, PAPER = "#1A1A1A", "#4D4D4D", "#8C8C8C", "#D9D9D9", "white"

# Of areas on a map
INTERNET_TINT, OFFICE_TINT, HOTEL_TINT, WARNING_TINT = "#F2F2F2", "#DCEBF5", "#F3E6D8", "#FFF3A3"
TUNNEL_TINT, HOLE_TINT = "#DCEBF5", "#F6C9A8"
