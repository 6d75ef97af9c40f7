"""The fields by which each kind may be filtered and ordered, with their types."""

TYPE_NAMES = {
    "string": "String",
    "number": "Decimal",
    "date": "DateTime",
    "instant": "DateTime",
    "guid": "Guid",
    "bool": "Boolean",
    "null": "null",
}

_PLAIN: dict[str, dict[str, str]] = {
    "Invoice": {
        "string": "Type Status InvoiceNumber Reference CurrencyCode LineAmountTypes Url"
        " Contact.Name Contact.ContactNumber Contact.EmailAddress Contact.AccountNumber"
        " Contact.ContactStatus",
        "guid": "InvoiceID BrandingThemeID Contact.ContactID",
        "number": "AmountDue AmountPaid AmountCredited Total SubTotal TotalTax CurrencyRate",
        "date": "Date DueDate FullyPaidOnDate ExpectedPaymentDate PlannedPaymentDate",
        "instant": "UpdatedDateUTC",
        "bool": "SentToContact",
    },
    "Contact": {
        "string": "Name EmailAddress AccountNumber ContactNumber ContactStatus FirstName LastName"
        " CompanyNumber TaxNumber DefaultCurrency",
        "guid": "ContactID",
        "instant": "UpdatedDateUTC",
        "bool": "IsCustomer IsSupplier",
    },
    "Item": {
        "string": "Code Name Description",
        "guid": "ItemID",
        "instant": "UpdatedDateUTC",
        "bool": "IsSold IsPurchased IsTrackedAsInventory",
    },
    "Payment": {
        "string": "PaymentType Status Reference Invoice.InvoiceNumber Account.Code",
        "guid": "PaymentID Invoice.InvoiceID Account.AccountID",
        "number": "Amount CurrencyRate",
        "date": "Date",
        "instant": "UpdatedDateUTC",
        "bool": "IsReconciled",
    },
    "CreditNote": {
        "string": "Type Status CreditNoteNumber Reference CurrencyCode LineAmountTypes"
        " Contact.Name Contact.ContactNumber",
        "guid": "CreditNoteID BrandingThemeID Contact.ContactID",
        "number": "SubTotal TotalTax Total RemainingCredit CurrencyRate",
        "date": "Date DueDate FullyPaidOnDate",
        "instant": "UpdatedDateUTC",
    },
    "Prepayment": {
        "string": "Type Status InvoiceNumber Reference CurrencyCode Contact.Name",
        "guid": "PrepaymentID Contact.ContactID",
        "number": "SubTotal TotalTax Total RemainingCredit CurrencyRate",
        "date": "Date",
        "instant": "UpdatedDateUTC",
    },
    "Overpayment": {
        "string": "Type Status Reference CurrencyCode Contact.Name",
        "guid": "OverpaymentID Contact.ContactID",
        "number": "SubTotal TotalTax Total RemainingCredit CurrencyRate",
        "date": "Date",
        "instant": "UpdatedDateUTC",
    },
    "BankTransaction": {
        "string": "Type Status Reference CurrencyCode Contact.Name",
        "guid": "BankTransactionID PrepaymentID OverpaymentID Contact.ContactID"
        " BankAccount.AccountID",
        "number": "SubTotal TotalTax Total CurrencyRate",
        "date": "Date",
        "instant": "UpdatedDateUTC",
        "bool": "IsReconciled",
    },
    "Quote": {
        "string": "QuoteNumber Reference Status Title CurrencyCode LineAmountTypes Contact.Name",
        "guid": "QuoteID BrandingThemeID Contact.ContactID",
        "number": "SubTotal TotalTax Total TotalDiscount CurrencyRate",
        "date": "Date ExpiryDate",
        "instant": "UpdatedDateUTC",
    },
    "Account": {
        "string": "Code Name Type Class Status TaxType SystemAccount Description CurrencyCode",
        "guid": "AccountID",
        "instant": "UpdatedDateUTC",
        "bool": "EnablePaymentsToAccount ShowInExpenseClaims",
    },
    "TaxRate": {
        "string": "Name TaxType Status",
        "number": "EffectiveRate DisplayTaxRate",
        "bool": "CanApplyToAssets CanApplyToEquity CanApplyToExpenses CanApplyToLiabilities"
        " CanApplyToRevenue",
    },
    "Currency": {"string": "Code Description"},
    "TrackingCategory": {"string": "Name Status", "guid": "TrackingCategoryID"},
}
_TYPES = {
    kind: {name: type_ for type_, names in by_type.items() for name in names.split()}
    for kind, by_type in _PLAIN.items()
}


def field_type(kind: str, path: str) -> str | None:
    """The type of a field of this kind: string, number, date, instant, guid or bool."""
    return _TYPES.get(kind, {}).get(path)
