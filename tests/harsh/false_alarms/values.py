# Names, companies, emails and phones of many countries, a line each: the field, TAB, the value. They come from
# python3-phonenumbers (the example numbers of libphonenumber) and python3-fake-factory, not from this project.
# Ends with 77 where these are not installed.
import sys

try:
    import phonenumbers
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)

VALUES_OF_A_LOCALE = 60


def phones():
    forms = phonenumbers.PhoneNumberFormat
    kinds = phonenumbers.PhoneNumberType
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (kinds.FIXED_LINE, kinds.MOBILE, kinds.TOLL_FREE, kinds.VOIP):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            for form in (forms.E164, forms.INTERNATIONAL, forms.NATIONAL, forms.RFC3966):
                yield phonenumbers.format_number(number, form)
            yield phonenumbers.format_out_of_country_calling_number(number, "US")
            number.extension = "123"
            yield phonenumbers.format_number(number, forms.INTERNATIONAL)


def made_up():
    for locale in sorted(AVAILABLE_LOCALES):
        fake = Faker(locale)
        fake.seed(7)
        for field in ("name", "company", "email", "phone_number"):
            for _ in range(VALUES_OF_A_LOCALE):
                yield field, getattr(fake, field)()


FIELDS = {"name": "name", "company": "company_name", "email": "email", "phone_number": "phone"}
for value in phones():
    print("phone", value, sep="\t")
for field, value in made_up():
    print(FIELDS[field], " ".join(value.split()), sep="\t")
