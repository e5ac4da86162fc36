internal import Documents

extension Question: Codable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// A value, or several, as texts.
  private struct Texts: Codable {
    var texts: [String]
    var areNumbers = false

    init(_ texts: [String], areNumbers: Bool) { (self.texts, self.areNumbers) = (texts, areNumbers) }

    init(from decoder: any Decoder) throws {
      if var list = try? decoder.unkeyedContainer() {
        texts = []
        while !list.isAtEnd { texts.append(try list.decode(Item.self).text) }
      } else {
        texts = [try Item(from: decoder).text]
      }
    }

    func encode(to encoder: any Encoder) throws {
      if texts.count == 1 {
        try Item(text: texts[0], isNumber: areNumbers).encode(to: encoder)
      } else {
        var list = encoder.unkeyedContainer()
        for text in texts { try list.encode(Item(text: text, isNumber: areNumbers)) }
      }
    }
  }

  /// A text, or a whole number.
  private struct Item: Codable {
    var text: String
    var isNumber = false

    init(text: String, isNumber: Bool) { (self.text, self.isNumber) = (text, isNumber) }

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Int.self) {
        text = "\(number)"
      } else if let number = try? value.decode(Double.self) {
        text = "\(number)"
      } else {
        text = try value.decode(String.self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var value = encoder.singleValueContainer()
      if isNumber, let number = Int(text) { try value.encode(number) } else { try value.encode(text) }
    }
  }

  /// The question of an object whose keys are the names of options.
  ///
  /// - Throws: `DecodingError` that says what was expected.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      let texts = try container.decode(Texts.self, forKey: key).texts
      do {
        try set(key.stringValue, to: texts)
      } catch {
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: error.message)
      }
    }
  }

  /// An object whose keys are the names of options.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (key, texts) in parts {
      try container.encode(Texts(texts, areNumbers: key.holdsNumbers), forKey: Name(stringValue: key.name))
    }
  }
}
