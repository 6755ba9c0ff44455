"""What an invented supermarket sells: departments, their categories, and the products of each.

One line a category: ``category | packs | price of the cheapest in cents | product; product; ...``, the best known first. A
category with ``!`` in front is sensitive: never suggested, never a reason. All of it is made up; no brand is anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    packs: tuple[str, ...]
    price_minor: int
    products: tuple[str, ...]
    is_sensitive: bool


BRANDS: Final = {
    "produce": ("Greenmere", "Sunfold", "Orchard Lane", "Fieldgate"),
    "bakery": ("Stonemill Lane", "Crumb and Crust", "Old Oven", "Daybreak"),
    "dairy": ("Meadowbell", "Whitebrook", "Clover Top", "Alderly"),
    "meat": ("Hillgate Farm", "Rowan Yard", "Marlow Butchers", "Oakstead"),
    "fish": ("Northquay", "Saltmarsh", "Harbour Nine", "Greywater"),
    "deli": ("Tavola Nostra", "Corner Larder", "Vine and Board", "Castellan"),
    "frozen": ("Frostfield", "Polar Pantry", "Winterbrook", "Iceworth"),
    "grocery": ("Millbrook", "Casa Lunetta", "Pantry Row", "Daily Shelf"),
    "drinks": ("Fizzwell", "Springlow", "Juniper Road", "Bright Bottle"),
    "household": ("Tidewell", "Cleanfold", "Hearthway", "Brightnest"),
    "beauty": ("Lumisilk", "Petal and Fern", "Softhaven", "Aurelle"),
    "pets": ("Pawfield", "Whiskerby", "Tailwind", "Burrow"),
    "baby": ("Littlenest", "Dimple", "Snugglebee", "Moonpip"),
    "stationery": ("Inkwell Row", "Papermoor", "Quillby", "Marginal"),
    "clothing": ("Threadway", "Loom and Lane", "Cotterby", "Plainfold"),
    "electronics": ("Voltary", "Brightwire", "Circuitry Lane", "Ampwell"),
}

_LINES: Final = """
# produce
fruit | loose; 1 kg | 99 | Bananas; Apples; Oranges; Lemons; Pears; Grapes; Kiwis; Limes
berries | 250 g; 400 g | 199 | Strawberries; Blueberries; Raspberries; Blackberries
salad | 1 piece; bag | 119 | Lettuce; Cucumber; Tomatoes; Rocket; Spinach Leaves; Radishes
root vegetables | 500 g; 1 kg | 89 | Onions; Potatoes; Carrots; Garlic; Ginger; Beetroot; Parsnips
vegetables | 1 piece; 500 g | 109 | Peppers; Courgettes; Broccoli; Avocados; Mushrooms; Aubergines; Cauliflower; Leeks
fresh herbs | pot; bunch | 129 | Basil; Parsley; Coriander; Mint; Rosemary; Thyme
# bakery
bread | 400 g; 800 g | 139 | White Bread; Wholemeal Bread; Sourdough Loaf; Rye Bread; Seeded Loaf
rolls | 4 pack; 6 pack | 119 | Burger Buns; Breakfast Rolls; Bagels; Hot Dog Rolls; Pitta Breads; Wraps
pastries | 2 pack; 4 pack | 189 | Croissants; Cinnamon Swirls; Muffins; Doughnuts; Scones
cakes | small; large | 349 | Carrot Cake; Chocolate Cake; Lemon Drizzle; Apple Tart
# dairy
milk | 1 l; 2 l | 109 | Whole Milk; Semi-Skimmed Milk; Skimmed Milk; Oat Drink; Soya Drink
butter and spreads | 250 g; 500 g | 189 | Butter; Sunflower Spread; Salted Butter
eggs | 6 pack; 12 pack | 189 | Free Range Eggs; Organic Eggs
cheese | 200 g; 400 g | 229 | Cheddar; Parmesan; Mozzarella; Feta; Gouda; Goat Cheese; Cream Cheese
yogurt | 150 g; 500 g | 79 | Natural Yogurt; Greek Yogurt; Strawberry Yogurt; Skyr; Vanilla Yogurt
cream | 200 ml; 400 ml | 119 | Single Cream; Whipping Cream; Sour Cream; Custard
# meat
beef | 400 g; 800 g | 449 | Minced Beef; Beef Burgers; Steak; Stewing Beef
chicken | 400 g; 1 kg | 399 | Chicken Breast; Chicken Thighs; Whole Chicken; Chicken Wings
pork | 400 g; 600 g | 349 | Sausages; Bacon; Pork Chops; Pulled Pork
lamb and turkey | 400 g; 700 g | 499 | Lamb Chops; Turkey Mince; Turkey Steaks; Leg of Lamb
# fish
fresh fish | 250 g; 400 g | 499 | Salmon Fillets; Cod Fillets; Trout; Sea Bass; Haddock
seafood | 200 g; 400 g | 449 | Prawns; Mussels; Squid Rings; Crab Meat
smoked fish | 100 g; 200 g | 399 | Smoked Salmon; Smoked Mackerel; Kippers; Smoked Trout
# deli
cooked meats | 100 g; 200 g | 249 | Ham; Salami; Chorizo; Prosciutto; Roast Turkey Slices
dips | 200 g; 300 g | 169 | Hummus; Guacamole; Tzatziki; Salsa Dip; Pesto
olives and antipasti | 150 g; 250 g | 229 | Green Olives; Black Olives; Sun-Dried Tomatoes; Stuffed Peppers
# frozen
frozen vegetables | 500 g; 1 kg | 139 | Peas; Sweetcorn; Mixed Vegetables; Green Beans; Leaf Spinach; Edamame
frozen potatoes | 750 g; 1.5 kg | 199 | Oven Chips; Potato Wedges; Hash Browns; Roast Potatoes; Croquettes
pizza | single; twin pack | 279 | Pizza Margherita; Pizza Salami; Pizza Funghi; Garlic Baguette; Veggie Pizza
ice cream | 500 ml; 900 ml | 299 | Vanilla Ice Cream; Chocolate Ice Cream; Strawberry Ice Cream; Lemon Sorbet; Choc Ices
frozen fish | 300 g; 600 g | 349 | Fish Fingers; Breaded Cod; Scampi; Fish Pie; Tuna Steaks
ready meals | 400 g; 800 g | 329 | Lasagne; Chicken Curry; Cottage Pie; Macaroni Cheese; Vegetable Chilli
frozen desserts | 300 g; 600 g | 259 | Apple Pie; Cheesecake; Profiteroles; Frozen Berries; Waffles
# grocery
pasta | 500 g; 1 kg | 95 | Spaghetti; Penne; Fusilli; Tagliatelle; Lasagne Sheets; Macaroni
pasta sauces | 350 g; 500 g | 149 | Tomato Sauce; Bolognese Sauce; Carbonara Sauce; Arrabbiata Sauce
rice and grains | 500 g; 1 kg | 159 | Basmati Rice; Long Grain Rice; Risotto Rice; Couscous; Quinoa
tinned food | 400 g; 4 x 400 g | 79 | Chopped Tomatoes; Kidney Beans; Chickpeas; Tuna; Baked Beans; Coconut Milk
breakfast | 375 g; 750 g | 219 | Corn Flakes; Muesli; Porridge Oats; Granola; Wheat Biscuits
jam and honey | 340 g; 450 g | 199 | Strawberry Jam; Honey; Peanut Butter; Marmalade; Hazelnut Spread
baking | 500 g; 1 kg | 99 | Flour; Sugar; Baking Powder; Icing Sugar; Dark Chocolate Chips; Vanilla Extract; Yeast
oils and dressings | 500 ml; 750 ml | 299 | Olive Oil; Sunflower Oil; Balsamic Vinegar; Mayonnaise; Ketchup; Mustard; Soy Sauce
spices | jar; refill | 119 | Black Pepper; Sea Salt; Paprika; Curry Powder; Oregano; Cinnamon; Taco Seasoning
snacks | 150 g; 6 pack | 129 | Crisps; Tortilla Chips; Salted Peanuts; Popcorn; Pretzels
sweets | 100 g; 200 g | 109 | Milk Chocolate; Dark Chocolate; Biscuits; Shortbread; Jelly Sweets; Marshmallows
soups and stocks | 400 g; 4 pack | 119 | Tomato Soup; Chicken Soup; Vegetable Stock Cubes; Lentil Soup; Beef Stock Pots; Miso Soup
crackers and crispbread | 150 g; 300 g | 139 | Cream Crackers; Oatcakes; Rye Crispbread; Breadsticks; Water Biscuits
nuts and dried fruit | 150 g; 400 g | 229 | Walnuts; Almonds; Raisins; Dried Apricots; Cashews; Dates
pickles | 340 g; 680 g | 159 | Gherkins; Pickled Beetroot; Mango Chutney; Capers; Pickled Onions; Sauerkraut
noodles and world food | 250 g; 500 g | 149 | Egg Noodles; Rice Noodles; Taco Shells; Poppadoms; Sweet Chilli Sauce; Curry Paste
# drinks
coffee | 250 g; 500 g | 399 | Ground Coffee; Coffee Beans; Instant Coffee; Decaf Coffee; Coffee Capsules
tea | 40 bags; 80 bags | 189 | Black Tea; Green Tea; Peppermint Tea; Earl Grey Tea; Fruit Tea
soft drinks | 1.5 l; 6 x 330 ml | 129 | Cola; Lemonade; Tonic Water; Ginger Ale; Orangeade
juice | 1 l; 1.5 l | 159 | Orange Juice; Apple Juice; Cranberry Juice; Tomato Juice; Multivitamin Juice
water | 1.5 l; 6 x 1.5 l | 59 | Still Water; Sparkling Water; Lemon Water; Coconut Water
!beer | 500 ml; 6 x 330 ml | 149 | Lager; Pale Ale; Wheat Beer; Stout; Cider
!wine | 75 cl; 1.5 l | 599 | Red Wine; White Wine; Rose Wine; Sparkling Wine
!spirits | 50 cl; 70 cl | 1299 | Gin; Vodka; Whisky; Rum
# household
laundry | 20 washes; 40 washes | 499 | Washing Liquid; Washing Powder; Fabric Softener; Stain Remover; Colour Catcher Sheets
dishwashing | 500 ml; 1 l | 129 | Washing-Up Liquid; Dishwasher Tablets; Rinse Aid; Dishwasher Salt; Scouring Sponges
cleaning | 500 ml; 750 ml | 149 | Kitchen Cleaner; Bathroom Cleaner; Glass Cleaner; Floor Cleaner; Limescale Remover
paper goods | 4 pack; 12 pack | 249 | Toilet Paper; Kitchen Roll; Tissues; Paper Napkins
bags and foil | small; large | 119 | Bin Bags; Cling Film; Baking Paper; Foil; Freezer Bags; Sandwich Bags
candles and matches | single; 6 pack | 199 | Tea Lights; Dinner Candles; Scented Candle; Matches; Fire Lighters
garden | small; large | 299 | Charcoal; Potting Compost; Plant Food; Flower Seeds; Watering Can
# beauty
hair care | 250 ml; 400 ml | 249 | Shampoo; Conditioner; Hair Gel; Hair Spray; Hair Mask; Dry Shampoo
bath and shower | 250 ml; 500 ml | 179 | Shower Gel; Hand Soap; Bath Foam; Bath Salts; Body Scrub
dental care | single; twin pack | 149 | Toothpaste; Toothbrush; Dental Floss; Mouthwash; Interdental Brushes
face care | 50 ml; 150 ml | 349 | Day Cream; Cleansing Milk; Face Wipes; Lip Balm; Night Cream; Cotton Pads
shaving | 5 pack; 10 pack | 299 | Razor Blades; Shaving Foam; Aftershave Balm; Disposable Razors
deodorant | 50 ml; 150 ml | 199 | Deodorant Spray; Deodorant Stick; Deodorant Roll-On
sun care | 100 ml; 200 ml | 599 | Sun Cream; After Sun Lotion; Sun Spray
!intimate care | 10 pack; 20 pack | 199 | Sanitary Pads; Tampons; Panty Liners; Condoms
!medicine | 12 pack; 24 pack | 249 | Pain Relief Tablets; Cough Syrup; Plasters; Throat Lozenges; Vitamin C
# pets
cat food | 400 g; 2 kg | 159 | Cat Food in Jelly; Dry Cat Food; Kitten Food; Senior Cat Food; Cat Soup
cat care | small; large | 299 | Cat Litter; Cat Treats; Cat Toy Mouse; Scratching Post; Litter Scoop
dog food | 400 g; 2 kg | 179 | Dog Food in Gravy; Dry Dog Food; Puppy Food; Senior Dog Food; Dog Sausage
dog care | small; large | 249 | Dog Treats; Chew Bones; Dog Bags; Dog Lead; Dog Shampoo; Tennis Ball
small pets | 500 g; 1 kg | 219 | Rabbit Food; Hamster Food; Hay; Wood Shavings; Guinea Pig Food
birds and fish | 400 g; 1 kg | 189 | Wild Bird Seed; Fat Balls; Goldfish Flakes; Budgie Seed; Bird Feeder
# baby
nappies | size 2; size 3; size 4; size 5 | 599 | Nappies; Night Nappies; Swim Nappies; Nappy Pants
baby wipes | 60 pack; 3 x 60 pack | 149 | Baby Wipes; Water Wipes; Nappy Bags; Changing Mats
baby food | 130 g; 190 g | 119 | Apple Puree; Carrot Puree; Baby Porridge; Baby Pasta; Fruit Pouch; Rice Cakes
baby bath | 250 ml; 400 ml | 249 | Baby Shampoo; Baby Lotion; Baby Oil; Baby Bath; Baby Powder
feeding | single; twin pack | 399 | Feeding Bottle; Bottle Teats; Baby Spoons; Bibs; Bottle Brush; Sippy Cup
play | single; set | 499 | Cuddly Rabbit; Rattle; Teething Ring; Stacking Cups; Picture Book
!baby health | 50 ml; 100 ml | 499 | Nappy Rash Cream; Baby Thermometer; Teething Gel; Nasal Drops
# stationery
pens | single; 5 pack | 149 | Ballpoint Pens; Pencils; Felt Tips; Highlighters; Markers; Fountain Pen
paper | A5; A4 | 199 | Notebook; Writing Pad; Printer Paper; Sketch Pad; Squared Paper
school | single; set | 129 | Ruler; Eraser; Sharpener; Pencil Case; Compass; Glue Stick; Scissors
office | small; large | 179 | Sticky Notes; Stapler; Staples; Folder; Ring Binder; Paper Clips; Sticky Tape
cards and wrapping | single; 3 pack | 199 | Birthday Card; Gift Wrap; Gift Bag; Ribbon; Envelopes; Thank You Card
party | 8 pack; 20 pack | 249 | Birthday Candles; Balloons; Paper Plates; Paper Cups; Party Hats
# clothing
socks and tights | 3 pack; 5 pack | 499 | Ankle Socks; Sports Socks; Tights; Walking Socks; Slipper Socks
underwear | 2 pack; 4 pack | 799 | Boxer Shorts; Briefs; Vest; Camisole; Long Johns
tops | S; M; L; XL | 899 | T-Shirt; Polo Shirt; Jumper; Hoodie; Long Sleeve Top
trousers | S; M; L; XL | 1499 | Jeans; Leggings; Joggers; Shorts; Chinos
children's clothes | 2-3 years; 4-5 years; 6-7 years | 699 | Romper; Pyjamas; Rain Coat; Dungarees; Tutu Skirt
accessories | small; large | 599 | Umbrella; Scarf; Gloves; Woolly Hat; Belt; Sun Hat
# electronics
batteries | 4 pack; 8 pack | 399 | AA Batteries; AAA Batteries; Button Cells; 9 V Batteries
lighting | single; 3 pack | 449 | Light Bulb; Torch; Night Light; Fairy Lights; Desk Lamp
cables and chargers | 1 m; 2 m | 799 | Charging Cable; Wall Charger; Extension Lead; Headphone Cable; Car Charger
audio | white; black | 1499 | Earphones; Headphones; Small Speaker; Kitchen Radio; Alarm Clock
kitchen devices | white; black | 1999 | Kettle; Toaster; Hand Mixer; Kitchen Scales; Milk Frother
"""


def _parse(lines: str) -> dict[str, tuple[Category, ...]]:
    departments: dict[str, list[Category]] = {}
    here: list[Category] = []
    for line in lines.strip().splitlines():
        if line.startswith("#"):
            here = departments.setdefault(line.removeprefix("#").strip(), [])
            continue
        name, packs, price, products = (part.strip() for part in line.split("|"))
        here.append(
            Category(
                name.removeprefix("!"),
                tuple(pack.strip() for pack in packs.split(";")),
                int(price),
                tuple(product.strip() for product in products.split(";")),
                name.startswith("!"),
            )
        )
    return {department: tuple(categories) for department, categories in departments.items()}


DEPARTMENTS: Final = _parse(_LINES)
