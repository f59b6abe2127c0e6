"""Working days in Norway: Monday to Friday, without public holidays."""

import holidays

NORWAY = holidays.country_holidays("NO")


def after(day, number):
    """The date that lies so many working days after a day; 0 gives the day itself or the next working day."""
    return NORWAY.get_nth_working_day(day, number)


def is_workday(day):
    """Whether people work in Norway on this date."""
    return NORWAY.is_working_day(day)
