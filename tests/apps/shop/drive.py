"""Customers of the shop: several at once, each with a session of its own, through the shop's pages alone.

    drive.py setup            makes the tables and what the shop sells
    drive.py run VISITS SEED  so many visits, by three customers at a time; prints what they did as JSON
"""
import json
import os
import random
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

PASSWORD = "Tr0ub4dor-and-3"
CUSTOMERS = 120
PRODUCTS = 240


def setup():
    call_command("migrate", verbosity=0)
    User = django.contrib.auth.get_user_model()
    Product, ProductClass = get_model("catalogue", "Product"), get_model("catalogue", "ProductClass")
    Category, ProductCategory = get_model("catalogue", "Category"), get_model("catalogue", "ProductCategory")
    Partner, StockRecord = get_model("partner", "Partner"), get_model("partner", "StockRecord")
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="GB", iso_3166_1_a3="GBR", iso_3166_1_numeric="826", printable_name="United Kingdom", name="United Kingdom",
        is_shipping_country=True)
    books = ProductClass.objects.create(name="Books", requires_shipping=True, track_stock=True)
    partners = [Partner.objects.create(name=f"Warehouse {n}") for n in range(4)]
    shelves = [Category.objects.add_root({"name": f"Shelf {n}"}) for n in range(6)]
    leaves = [Category.objects.add_child(shelf, {"name": f"{shelf.name}, row {n}"}) for shelf in shelves for n in range(3)]
    for n in range(PRODUCTS):
        product = Product.objects.create(title=f"Book {n} o'clock", upc=f"upc-{n:05}", product_class=books, description="Told at length.")
        ProductCategory.objects.create(product=product, category=leaves[n % len(leaves)])
        StockRecord.objects.create(product=product, partner=partners[n % 4], partner_sku=f"sku-{n:05}", price=f"{5 + n % 30}.99", num_in_stock=100000)
    product.primary_image()  # links the picture of no picture, which three at once cannot
    for n in range(CUSTOMERS):
        User.objects.create_user(f"user{n}", f"user{n}@example.org", PASSWORD)
    User.objects.create_superuser("clerk", "clerk@example.org", PASSWORD)


class Visit:
    """One customer from the front door to leaving; `done` counts pages by name."""

    def __init__(self, draw, done):
        self.draw, self.done = draw, done
        self.client = Client(headers={"accept-language": "en"}, raise_request_exception=False)

    def page(self, name, url, data=None, expected=(200, 302)):
        # Two first looks at one book collide on its counter of looks, which the shop does not expect inside of a transaction:
        # it rolls back, the page fails, and a customer presses the button again.
        for _ in range(3):
            answer = self.client.get(url) if data is None else self.client.post(url, data)
            if answer.status_code != 500:
                break
            self.done["failed"] = self.done.get("failed", 0) + 1
        if answer.status_code not in expected:
            raise RuntimeError(f"{name} {url} answered {answer.status_code}: {answer.content[:2000]!r}")
        self.done[name] = self.done.get(name, 0) + 1
        return answer

    def product(self):
        # Few books sell well.
        return min(PRODUCTS, int(self.draw.paretovariate(0.6)))

    def look(self):
        self.page("front", "/catalogue/")
        for _ in range(self.draw.randint(1, 3)):
            n = self.product()
            self.page("product", f"/catalogue/any_{n}/", expected=(200, 301))
            slug = f"book-{n - 1}-oclock"
            self.page("product", f"/catalogue/{slug}_{n}/", expected=(200, 301))
        if self.draw.random() < 0.3:
            n = self.draw.randint(1, 6) * 4 - 3
            self.page("category", f"/catalogue/category/any_{n}/", expected=(200, 301, 302))
        if self.draw.random() < 0.15:
            self.page("search", f"/search/?q=Book+{self.draw.randint(0, PRODUCTS)}")

    def login(self, email):
        self.page("login", "/accounts/login/", {
            "login-username": email, "login-password": PASSWORD, "login_submit": "1"}, expected=(302,))

    def register(self, email):
        self.page("register", "/accounts/register/", {
            "email": email, "password1": PASSWORD, "password2": PASSWORD}, expected=(302,))

    def buy(self):
        for _ in range(self.draw.randint(1, 3)):
            n = self.product()
            self.page("add to basket", f"/basket/add/{n}/", {"quantity": self.draw.randint(1, 3)}, expected=(302,))
        self.page("basket", "/basket/")
        if self.draw.random() < 0.2:
            return
        self.page("shipping address", "/checkout/shipping-address/", {
            "first_name": "Ada", "last_name": "O'Neill", "line1": f"{self.draw.randint(1, 99)} High Street", "line4": "London",
            "postcode": "N1 9GU", "country": "GB"}, expected=(302,))
        self.page("shipping method", "/checkout/shipping-method/")
        self.page("payment", "/checkout/payment-method/")
        self.page("preview", "/checkout/preview/")
        self.page("order", "/checkout/preview/", {"action": "place_order"}, expected=(302,))
        self.page("thanks", "/checkout/thank-you/")

    def account(self):
        self.page("orders", "/accounts/orders/")
        for _ in range(self.draw.randint(0, 2)):
            self.page("wish lists", "/accounts/wishlists/")
        if self.draw.random() < 0.4:
            n = self.product()
            self.page("wish", f"/accounts/wishlists/add/{n}/", {}, expected=(302,))
        if self.draw.random() < 0.3:
            n = self.product()
            # A second review of one book is refused, by a page like any other.
            self.page("review", f"/catalogue/any_{n}/reviews/add/", {
                "title": "Read it", "score": self.draw.randint(1, 5), "body": "It's long; it's 'good'."})
        self.page("profile", "/accounts/profile/")
        self.page("addresses", "/accounts/addresses/")

    def clerk(self):
        self.login("clerk@example.org")
        self.page("desk", "/dashboard/")
        self.page("desk orders", "/dashboard/orders/")
        self.page("desk stock", f"/dashboard/catalogue/products/{self.product()}/")
        self.page("desk customers", "/dashboard/users/")

    def run(self, number):
        if number % 25 == 24:
            return self.clerk()
        self.look()
        kind = self.draw.random()
        if kind < 0.15:
            return None
        if kind < 0.25:
            self.register(f"new{number}-{self.draw.randint(0, 10**9)}@example.org")
        else:
            self.login(f"user{self.draw.randint(0, CUSTOMERS - 1)}@example.org")
        self.buy()
        if self.draw.random() < 0.5:
            self.account()
        return self.page("logout", "/accounts/logout/")


def run(visits, seed):
    done, errors = [{} for _ in range(3)], []

    def customer(which):
        draw = random.Random(seed * 3 + which)
        try:
            for number in range(which, visits, 3):
                Visit(draw, done[which]).run(number)
        except Exception as error:  # reported by the one who started us
            errors.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=customer, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        sys.exit("\n".join(errors))
    total = {}
    for part in done:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    print(json.dumps(total))


if __name__ == "__main__":
    if sys.argv[1:] == ["setup"]:
        setup()
    else:
        run(int(sys.argv[2]), int(sys.argv[3]))
