"""Reads resources with the models of fhir.resources, of FHIR R4B, in which the resources that go out are those of R4.

usage: models.py FILE, a list of resources in JSON. Prints what is wrong, by the place in the list.
"""

import json
import pathlib
import sys

from fhir.resources.R4B import get_fhir_model_class


def main():
    wrong = {}
    for place, resource in enumerate(json.loads(pathlib.Path(sys.argv[1]).read_text())):
        try:
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        except ValueError as error:
            wrong[place] = f"{resource['resourceType']}: {error}"
    print(json.dumps(wrong))


main()
