"""The little of Protocol Buffers that signed bodies need, in canonical form: fields in the order of their numbers,
defaults absent, shortest varints. A body is a list of (number, value); value is int, str, bytes, or a list of them."""


def varint(number):
    if number < 0:
        raise ValueError("nothing in Tincan is negative")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(fields):
    out = b""
    for number, value in sorted(fields, key=lambda field: field[0]):
        for one in value if isinstance(value, list) else [value] if value else []:
            if isinstance(one, int):
                out += varint(number << 3) + varint(one)
            else:
                data = one.encode() if isinstance(one, str) else one
                out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def decode(data):
    """Returns {number: [values]}; values are int or bytes. What is cut short raises ValueError."""
    fields, at = {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            if at >= len(data) or shift > 63:
                raise ValueError("cut short")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(data):
        tag = number()
        value = number()
        if tag & 7 == 2:
            if value > len(data) - at:
                raise ValueError("cut short")
            value, at = data[at : at + value], at + value
        elif tag & 7:
            raise ValueError("a kind of field that Tincan does not use")
        fields.setdefault(tag >> 3, []).append(value)
    return fields
