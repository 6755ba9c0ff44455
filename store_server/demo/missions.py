"""Why people fill a basket: meals, occasions and chores, each with what is bought for it.

One line a mission: ``weight | product chance; product chance; ...``, the chance in hundredths that a shopper on this mission
takes the product. The first is what the mission is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mission:
    weight: float
    chances: tuple[tuple[str, float], ...]
    """Product and the chance that it is taken."""


_LINES: Final = """
9 | Spaghetti 95; Tomato Sauce 70; Parmesan 55; Basil 35; Garlic 35; Red Wine 20; Olive Oil 20
7 | Penne 90; Arrabbiata Sauce 60; Mozzarella 40; Parmesan 35; Rocket 25
5 | Tagliatelle 90; Carbonara Sauce 55; Bacon 50; Single Cream 35; Parmesan 40; White Wine 15
6 | Minced Beef 90; Chopped Tomatoes 65; Onions 60; Kidney Beans 45; Long Grain Rice 45; Paprika 30; Sour Cream 25
5 | Lasagne Sheets 90; Minced Beef 70; Chopped Tomatoes 60; Mozzarella 50; Whole Milk 35; Flour 25
7 | Tortilla Chips 85; Salsa Dip 60; Guacamole 45; Sour Cream 35; Cheddar 30; Lager 25
6 | Taco Seasoning 80; Wraps 75; Minced Beef 60; Peppers 50; Sour Cream 45; Lettuce 35; Avocados 30; Limes 25
7 | Beef Burgers 90; Burger Buns 80; Cheddar 40; Lettuce 40; Tomatoes 40; Ketchup 35; Oven Chips 35; Lager 20
6 | Sausages 85; Hot Dog Rolls 55; Mustard 45; Ketchup 40; Charcoal 30; Pale Ale 20
5 | Charcoal 85; Steak 55; Sausages 50; Fire Lighters 45; Foil 30; Hot Dog Rolls 25; Lager 35
8 | Chicken Breast 85; Basmati Rice 55; Coconut Milk 45; Curry Powder 45; Onions 40; Natural Yogurt 30; Coriander 30
6 | Whole Chicken 85; Potatoes 65; Carrots 55; Parsnips 35; Rosemary 25; Peas 30
6 | Salmon Fillets 90; Lemons 55; Broccoli 40; Potatoes 35; Butter 30; White Wine 20
4 | Cod Fillets 85; Oven Chips 55; Peas 55; Lemons 40
5 | Fish Fingers 90; Oven Chips 55; Peas 45; Ketchup 40; Baked Beans 30
4 | Prawns 85; Garlic 50; Limes 40; Soy Sauce 35; Basmati Rice 30; Ginger 30
4 | Smoked Salmon 85; Cream Cheese 60; Bagels 55; Lemons 30; Sparkling Wine 20
5 | Risotto Rice 85; Mushrooms 60; Parmesan 55; Onions 40; White Wine 25; Butter 30
6 | Pizza Margherita 85; Pizza Salami 50; Garlic Baguette 35; Cola 35; Vanilla Ice Cream 25
5 | Feta 85; Cucumber 60; Tomatoes 60; Black Olives 45; Olive Oil 30; Pitta Breads 30; Hummus 30
5 | Hummus 85; Pitta Breads 60; Carrots 40; Green Olives 35; Tzatziki 30
6 | Mozzarella 85; Tomatoes 70; Basil 60; Balsamic Vinegar 35; Olive Oil 30; Prosciutto 20
8 | Corn Flakes 80; Whole Milk 70; Bananas 45; Orange Juice 35
7 | Muesli 80; Natural Yogurt 55; Blueberries 45; Honey 35; Semi-Skimmed Milk 30
6 | Porridge Oats 85; Oat Drink 40; Honey 40; Bananas 40; Cinnamon 20; Raspberries 20
8 | White Bread 85; Butter 50; Strawberry Jam 35; Ham 35; Cheddar 35
6 | Croissants 85; Butter 40; Strawberry Jam 40; Orange Juice 35; Ground Coffee 35
7 | Free Range Eggs 85; Bacon 60; Breakfast Rolls 35; Baked Beans 35; Mushrooms 25; Ketchup 20
8 | Ground Coffee 85; Semi-Skimmed Milk 50; Biscuits 40; Sugar 25
7 | Black Tea 85; Semi-Skimmed Milk 55; Biscuits 50; Scones 20; Sugar 25
6 | Flour 85; Sugar 65; Free Range Eggs 60; Butter 60; Baking Powder 45; Vanilla Extract 30; Dark Chocolate Chips 30
3 | Birthday Candles 80; Chocolate Cake 55; Balloons 50; Birthday Card 40; Paper Plates 35; Gift Wrap 35; Crisps 30
5 | Crisps 85; Cola 50; Salted Peanuts 45; Lager 40; Pretzels 25
4 | Gin 80; Tonic Water 75; Limes 55; Cucumber 25
4 | Strawberries 85; Whipping Cream 55; Icing Sugar 25; Vanilla Ice Cream 30
6 | Lettuce 80; Cucumber 60; Tomatoes 60; Avocados 35; Balsamic Vinegar 20; Radishes 25
5 | Washing Liquid 85; Fabric Softener 55; Stain Remover 30; Toilet Paper 25
5 | Dishwasher Tablets 85; Rinse Aid 45; Dishwasher Salt 40; Bin Bags 25; Scouring Sponges 20
5 | Toilet Paper 85; Kitchen Roll 50; Tissues 35; Bathroom Cleaner 30; Bin Bags 30
4 | Kitchen Cleaner 80; Bathroom Cleaner 55; Glass Cleaner 35; Scouring Sponges 45; Bin Bags 30
5 | Shampoo 85; Conditioner 65; Shower Gel 45; Deodorant Spray 25
5 | Toothpaste 85; Toothbrush 50; Dental Floss 30; Mouthwash 35
4 | Razor Blades 80; Shaving Foam 65; Aftershave Balm 25; Shower Gel 25
3 | Sun Cream 85; After Sun Lotion 45; Sun Hat 25; Still Water 30
6 | Nappies 90; Baby Wipes 70; Nappy Bags 35; Nappy Rash Cream 25; Baby Lotion 25; Fruit Pouch 20
4 | Fruit Pouch 80; Carrot Puree 50; Baby Porridge 45; Apple Puree 45; Rice Cakes 30; Bibs 15
3 | Feeding Bottle 75; Bottle Teats 60; Bottle Brush 40; Bibs 30
6 | Dry Cat Food 80; Cat Food in Jelly 60; Cat Litter 60; Cat Treats 40
6 | Dry Dog Food 80; Dog Treats 55; Dog Food in Gravy 45; Dog Bags 35; Chew Bones 30
2 | Rabbit Food 80; Hay 65; Wood Shavings 45; Carrots 30
2 | Wild Bird Seed 85; Fat Balls 60; Bird Feeder 20
3 | Notebook 75; Ballpoint Pens 60; Pencils 40; Eraser 30; Ruler 25; Pencil Case 20
2 | Gift Wrap 80; Ribbon 50; Birthday Card 50; Sticky Tape 45; Milk Chocolate 20
2 | AA Batteries 80; Torch 35; AAA Batteries 35; Fairy Lights 20
2 | Charging Cable 75; Wall Charger 55; Earphones 20
2 | T-Shirt 70; Ankle Socks 50; Boxer Shorts 35; Jeans 20
2 | Tights 75; Leggings 35; Camisole 25
2 | Romper 70; Pyjamas 45; Cuddly Rabbit 20; Ankle Socks 20
2 | Umbrella 75; Scarf 35; Gloves 30; Woolly Hat 30
3 | Tea Lights 75; Dinner Candles 45; Matches 45; Paper Napkins 30; Red Wine 20
3 | Pain Relief Tablets 75; Throat Lozenges 50; Tissues 45; Peppermint Tea 30; Honey 25; Lemons 20
"""

STAPLES: Final = (
    ("Bananas", 0.14), ("Semi-Skimmed Milk", 0.14), ("White Bread", 0.1), ("Free Range Eggs", 0.08), ("Butter", 0.06),
    ("Tomatoes", 0.07), ("Apples", 0.07), ("Potatoes", 0.06), ("Onions", 0.06), ("Cheddar", 0.06), ("Natural Yogurt", 0.05),
    ("Orange Juice", 0.05), ("Still Water", 0.06), ("Milk Chocolate", 0.05), ("Toilet Paper", 0.04), ("Chicken Breast", 0.04),
)  # fmt: skip
"""What is taken along on any mission, and how often."""


def _parse(lines: str) -> tuple[Mission, ...]:
    missions = []
    for line in lines.strip().splitlines():
        weight, products = line.split("|")
        parts = [part.strip().rsplit(" ", 1) for part in products.split(";")]
        missions.append(Mission(float(weight), tuple((name, int(chance) / 100) for name, chance in parts)))
    return tuple(missions)


MISSIONS: Final = _parse(_LINES)
