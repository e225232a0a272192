#!/bin/sh
# solution.sh - prints a file of Triton as a Solution whose run writes its output
#
# usage: solution.sh DEFINITION FILE
jq -n --rawfile text "$2" --arg definition "$1" \
	'{name: "triton", definition: $definition, author: "tests",
	  spec: {language: "triton", target_hardware: ["cuda"],
	         entry_point: "main.py::run", dependencies: [],
	         destination_passing_style: true},
	  sources: [{path: "main.py", content: $text}]}'
